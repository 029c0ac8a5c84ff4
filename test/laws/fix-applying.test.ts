// Laws over every fix while it is applied: twice is once, wherever the process dies it is as if nothing had happened, whatever call fails
// the account ends as decided or as it was.
import { afterAll, describe, expect, test } from 'vitest';
import type { CallName } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import { replay } from '../../lib/journal/table.ts';
import { accountOf, carry, changeOf, decided, planOf, writes } from './carrying.ts';
import { faults, named } from './faults.ts';
import { incidentOf } from './workshop-rows.ts';

let crashes = 0;
afterAll(() => console.log(`crash points while applying × fixes: ${crashes} survived of ${faults.length} faults`));

describe.each(named)('%s', (_, fault) => {
  test('applied twice is applied once', async () => {
    const shop = await decided(fault);
    const before = shop.account.snapshot();
    expect(await carry(shop)).toBe('wait-for-proof');
    const after = shop.account.snapshot();
    const change = await changeOf(shop);
    if (change.plan.oneWay?.length !== change.plan.changes.length) expect(after).not.toEqual(before);
    const count = writes(shop.wire).length;
    expect(count).toBeGreaterThan(0);
    expect(await carry(shop)).toBe('wait-for-proof');
    expect(shop.account.snapshot()).toEqual(after);
    expect(writes(shop.wire)).toHaveLength(count);
    expect(change.entries.map((e) => e.step)).toEqual(['planned', 'applying', 'applied']);
    expect((await incidentOf(shop)).changes).toHaveLength(1);
  });

  test('killed at every place, then run again: as if nothing had happened', async () => {
    const calm = await decided(fault);
    const began = calm.places();
    await carry(calm);
    const places = calm.places() - began;
    const wanted = accountOf(calm, fault);
    expect(places).toBeGreaterThan(10);
    for (let n = 0; n < places; n++) {
      const shop = await decided(fault);
      shop.killAt(n);
      expect(await carry(shop), `killed at ${n}`).toBe('wait-for-proof');
      shop.revive();
      expect(accountOf(shop, fault), `killed at ${n}`).toEqual(wanted);
      expect(replay((await changeOf(shop)).entries)).toBe('applied');
      expect((await incidentOf(shop)).changes).toHaveLength(1);
      expect(shop.scheduled).toHaveLength(shop.fix.leaseMs === undefined ? 0 : 1);
      crashes++;
    }
  }, 240_000);

  test.each(['denied', 'down', 'throttled', 'down-after'] as const)(
    'each call fails in turn (%s): applied or as it was, never half',
    async (kind) => {
      const calm = await decided(fault);
      const before = accountOf(calm, fault);
      await carry(calm);
      const applied = accountOf(calm, fault);
      const tries = calm.wire.length;
      for (let n = 0; n < tries; n++) {
        const shop = await decided(fault);
        // one call fails for good: all tries the client makes of it, and the same call made again right after
        let left = kind === 'denied' ? 1 : 4;
        let seen = 0;
        let victim: CallName | undefined;
        shop.answer = (name) => {
          if (victim === undefined && seen++ === n) victim = name;
          return victim === name && left-- > 0 ? kind : undefined;
        };
        const next = await carry(shop);
        shop.answer = () => undefined;
        const { step, entries, plan } = await changeOf(shop);
        expect(replay(entries)).toBe(step);
        const where = `call ${n} ${victim}: ${JSON.stringify(entries.at(-1))}`;
        // what cannot be taken back and may have happened stays, and says so
        const stays = plan.oneWay?.length === plan.changes.length ? ['kept'] : [];
        expect(['applied', 'dropped', 'undone', ...stays], `after ${where}`).toContain(step);
        expect(next, `after ${where}`).toBe(step === 'applied' ? 'wait-for-proof' : 'investigate');
        if (step === 'kept') expect([applied, before], `after ${where}`).toContainEqual(accountOf(shop, fault));
        else expect(accountOf(shop, fault), `after ${where}`).toEqual(step === 'applied' ? applied : before);
      }
    },
    240_000,
  );

  test('the kill switch stops it before it begins, and when it cannot be read', async () => {
    for (const value of ['on', undefined, 'garbage']) {
      const shop = await decided(fault);
      const before = shop.account.snapshot();
      shop.account.putParameter('/gatemedic/kill-switch', value);
      expect(await carry(shop)).toBe('investigate');
      expect((await changeOf(shop)).step).toBe('dropped');
      shop.account.putParameter('/gatemedic/kill-switch', 'off');
      expect(shop.account.snapshot()).toEqual(before);
    }
  });

  test('the kill switch between two changes of one plan: the next is not made, and what was made is taken back', async () => {
    const shop = await decided(fault);
    const { changes } = await planOf(shop);
    const before = accountOf(shop, fault);
    shop.reached = (name) => {
      if (table[name].effect === 'write') shop.account.putParameter('/gatemedic/kill-switch', 'on');
    };
    await carry(shop);
    shop.account.putParameter('/gatemedic/kill-switch', 'off');
    const { step, entries } = await changeOf(shop);
    if (changes.length === 1) return expect(step).toBe('applied');
    expect(step).toBe('undone');
    expect(entries.find((e) => e.step === 'undoing')?.why).toBe(
      'the change did not go through and is taken back: the kill switch came on while the change was under way',
    );
    expect(accountOf(shop, fault)).toEqual(before);
  });
});
