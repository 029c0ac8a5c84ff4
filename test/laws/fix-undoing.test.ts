// Laws over every fix once it stands: undo restores the account exactly, twice is once, wherever the process dies; drift is refused; what
// cannot be taken back is left, and said.
import { afterAll, describe, expect, test } from 'vitest';
import { replay } from '../../lib/journal/table.ts';
import { accountOf, carry, changeOf, decided, drift, planOf, undo, undoUntilDone, writes } from './carrying.ts';
import { faults, named } from './faults.ts';
import { incidentOf } from './workshop-rows.ts';
import { openWorkshop } from './workshop.ts';

let crashes = 0;
afterAll(() => console.log(`crash points while undoing × fixes: ${crashes} survived of ${faults.length} faults`));

/** Whether anything of the plan can be taken back. */
const back = await Promise.all(
  named.map(async ([name, fault]) => {
    const shop = await decided(fault);
    const plan = await planOf(shop);
    return { name, fault, one: plan.oneWay?.length === plan.changes.length };
  }),
);
const reversible = back.filter(({ one }) => !one).map(({ name, fault }) => [name, fault] as const);
const oneWay = back.filter(({ one }) => one).map(({ name, fault }) => [name, fault] as const);

describe.each(reversible)('%s', (_, fault) => {
  test('undo restores the account exactly; a second undo changes nothing and says so', async () => {
    const shop = await decided(fault);
    const before = accountOf(shop, fault);
    await carry(shop);
    const { id: changeId } = await changeOf(shop);
    expect((await undo(shop, changeId)).end).toBe('undone');
    expect(accountOf(shop, fault)).toEqual(before);
    const count = writes(shop.wire).length;
    expect((await undo(shop, changeId)).end).toBe('undone');
    expect((await undo(shop, changeId, 'undo-2')).end).toBe('refused');
    expect((await incidentOf(shop)).notes.find((n) => n.key === 'not-undone:undo-2')?.says).toMatch(/taken back already/);
    expect(writes(shop.wire)).toHaveLength(count);
    expect(replay((await changeOf(shop)).entries)).toBe('undone');
    expect((await incidentOf(shop)).standing).toBe('undone');
  });

  test('killed at every place, then run again: the account is as it was', async () => {
    const calm = await decided(fault);
    const before = accountOf(calm, fault);
    await carry(calm);
    const began = calm.places();
    await undoUntilDone(calm, (await changeOf(calm)).id);
    const places = calm.places() - began;
    for (let n = 0; n < places; n++) {
      const shop = await decided(fault);
      await carry(shop);
      const { id: changeId } = await changeOf(shop);
      shop.killAt(n);
      expect(await undoUntilDone(shop, changeId), `killed at ${n}`).toBe('undone');
      shop.revive();
      expect((await incidentOf(shop)).standing, `killed at ${n}`).toBe('undone');
      expect(accountOf(shop, fault), `killed at ${n}`).toEqual(before);
      expect(replay((await changeOf(shop)).entries)).toBe('undone');
      crashes++;
    }
  }, 240_000);

  test('the kill switch never stops an undo', async () => {
    const shop = await decided(fault);
    const before = accountOf(shop, fault);
    await carry(shop);
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    expect((await undo(shop, (await changeOf(shop)).id)).end).toBe('undone');
    shop.account.putParameter('/gatemedic/kill-switch', 'off');
    expect(accountOf(shop, fault)).toEqual(before);
  });

  test('drift is refused: before the change nothing is written, before the undo the other value stays', async () => {
    const before = await decided(fault);
    await drift(before, fault);
    const drifted = before.account.snapshot();
    expect(await carry(before)).toBe('investigate');
    expect((await changeOf(before)).step).toBe('dropped');
    expect(before.account.snapshot()).toEqual(drifted);
    const after = await decided(fault);
    await carry(after);
    await drift(after, fault);
    const other = after.account.snapshot();
    expect((await undo(after, (await changeOf(after)).id)).end).toBe('drift');
    expect(after.account.snapshot()).toEqual(other);
    expect((await changeOf(after)).step).toBe('stuck');
    expect((await incidentOf(after)).notes.at(-1)?.says).toMatch(/a person is needed: .*by hand: (?:aws |# )/);
  });
});

describe.each(oneWay)('%s cannot be taken back', (_, fault) => {
  test('an undo changes nothing, says so, and the change is kept', async () => {
    const shop = await decided(fault);
    await carry(shop);
    const after = shop.account.snapshot();
    const count = writes(shop.wire).length;
    expect((await undo(shop, (await changeOf(shop)).id)).end).toBe('kept');
    expect(writes(shop.wire)).toHaveLength(count);
    expect(shop.account.snapshot()).toEqual(after);
    expect((await changeOf(shop)).step).toBe('kept');
    expect((await incidentOf(shop)).notes.at(-1)?.says).toMatch(/cannot be taken back/);
  });
  test('mode act alone never does it', async () => {
    const shop = await openWorkshop({ fault, installation: { mode: 'act' } });
    await carry(shop);
    expect(writes(shop.wire)).toEqual([]);
  });
});
