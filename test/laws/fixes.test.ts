// Laws over every fix: planning writes nothing, twice is once, whatever call fails or wherever the process dies the account ends
// as decided or as it was, undo restores it exactly, drift is refused.
import { describe, expect, test } from 'vitest';
import { table } from '../../lib/aws/table.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import { fixes } from '../../lib/fixes/index.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import { replay } from '../../lib/journal/table.ts';
import { rows } from '../../lib/store/rows.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import { makePlan } from '../../lib/stages/weighing/plan.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { callsOf, faults, Killed, openWorkshop, type Fault, type Workshop } from './workshop.ts';

test('every fix has a fault to be tested on', () => {
  expect(faults.map((f) => f.fix).sort()).toEqual(fixes.map((f) => f.id).sort());
});

const id = 'inc-law';
const decideOn = (shop: Workshop) => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;
const apply = (shop: Workshop) => shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id })) as Promise<Routed>;
const takeBack = (shop: Workshop) =>
  shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id })) as Promise<Routed>;
const undo = (shop: Workshop, changeId: string, name = 'undo-1', why: 'person' | 'lease' | 'sweeper' = 'person') =>
  shop.run(
    carryOut.run(shop.world('carry-out'), { do: 'undo', changeId, why, name, by: { id: 'U012AB3CD', name: 'Ada' } }),
  ) as Promise<Undone>;
const open = (shop: Workshop) => rows.incident.get(shop.store, id).then((row) => row?.value);
async function change(shop: Workshop): Promise<ChangeRecord> {
  const incident = await open(shop);
  const row = await rows.change.get(shop.store, incident?.changes.at(-1) ?? '');
  if (!row) throw new Error('no change');
  return row.value;
}
const writes = (calls: readonly CallName[]) => calls.filter((name) => table[name].effect === 'write');

/** What the workflow does: again after a crash, take-back where it is told to. */
async function carry(shop: Workshop): Promise<Routed['next']> {
  for (let n = 0; n < 6; n++) {
    try {
      let routed = await apply(shop);
      if (routed.next === 'take-back') routed = await takeBack(shop);
      return routed.next;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      shop.revive();
    }
  }
  throw new Error('it never came to an end');
}
async function undoUntilDone(shop: Workshop, changeId: string): Promise<Undone['end']> {
  for (let n = 0; n < 6; n++) {
    try {
      return (await undo(shop, changeId)).end;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      shop.revive();
    }
  }
  throw new Error('it never came to an end');
}
async function decided(fault: Fault): Promise<Workshop> {
  const shop = await openWorkshop({ fault });
  expect((await decideOn(shop)).next).toBe('carry-out');
  return shop;
}

describe.each(faults.map((fault) => [fault.fix, fault] as const))('%s', (_, fault) => {
  test('planning and deciding write nothing, and decide the fix', async () => {
    const shop = await openWorkshop({ fault });
    const before = shop.account.snapshot();
    const { aws } = shop.world('decide');
    const planned = await shop.run(
      makePlan({
        aws,
        at: shop.incident.at,
        diagnosis: shop.diagnosis,
        evidence: shop.evidence,
        installation: shop.installation,
        now: shop.clock.now(),
      }),
    );
    expect(planned).toMatchObject({ is: 'planned', plan: { fix: fault.fix } });
    expect(await decideOn(shop)).toMatchObject({ next: 'carry-out' });
    expect((await open(shop))?.decision).toMatchObject({
      do: 'act',
      plan: { fix: fault.fix, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(writes(shop.wire)).toEqual([]);
    expect(shop.account.snapshot()).toEqual(before);
  });

  test('applied twice is applied once', async () => {
    const shop = await decided(fault);
    const before = shop.account.snapshot();
    expect(await carry(shop)).toBe('wait-for-proof');
    const after = shop.account.snapshot();
    expect(after).not.toEqual(before);
    const count = writes(shop.wire).length;
    expect(await carry(shop)).toBe('wait-for-proof');
    expect(shop.account.snapshot()).toEqual(after);
    expect(writes(shop.wire)).toHaveLength(count);
    expect((await change(shop)).entries.map((e) => e.step)).toEqual(['planned', 'applying', 'applied']);
    expect((await open(shop))?.changes).toHaveLength(1);
  });

  test('undo restores the account exactly; a second undo changes nothing and says so', async () => {
    const shop = await decided(fault);
    const before = shop.account.snapshot();
    await carry(shop);
    const { id: changeId } = await change(shop);
    expect((await undo(shop, changeId)).end).toBe('undone');
    expect(shop.account.snapshot()).toEqual(before);
    const count = writes(shop.wire).length;
    expect((await undo(shop, changeId)).end).toBe('undone');
    expect((await undo(shop, changeId, 'undo-2')).end).toBe('refused');
    expect((await open(shop))?.notes.find((n) => n.key === 'not-undone:undo-2')?.says).toMatch(/taken back already/);
    expect(writes(shop.wire)).toHaveLength(count);
    expect(replay((await change(shop)).entries)).toBe('undone');
    expect((await open(shop))?.standing).toBe('undone');
  });

  test('killed at every place while applying, then run again: as if nothing had happened', async () => {
    const calm = await decided(fault);
    const began = calm.places();
    await carry(calm);
    const places = calm.places() - began;
    const wanted = calm.account.snapshot();
    expect(places).toBeGreaterThan(10);
    for (let n = 0; n < places; n++) {
      const shop = await decided(fault);
      shop.killAt(n);
      expect(await carry(shop), `killed at ${n}`).toBe('wait-for-proof');
      shop.revive();
      expect(shop.account.snapshot(), `killed at ${n}`).toEqual(wanted);
      expect(replay((await change(shop)).entries)).toBe('applied');
      expect((await open(shop))?.changes).toHaveLength(1);
      expect(shop.scheduled).toHaveLength(shop.fix.leaseMs === undefined ? 0 : 1);
    }
  }, 120_000);

  test('killed at every place while undoing, then run again: the account is as it was', async () => {
    const calm = await decided(fault);
    const before = calm.account.snapshot();
    await carry(calm);
    const began = calm.places();
    await undoUntilDone(calm, (await change(calm)).id);
    const places = calm.places() - began;
    for (let n = 0; n < places; n++) {
      const shop = await decided(fault);
      await carry(shop);
      const { id: changeId } = await change(shop);
      shop.killAt(n);
      expect(await undoUntilDone(shop, changeId), `killed at ${n}`).toBe('undone');
      shop.revive();
      expect((await open(shop))?.standing, `killed at ${n}`).toBe('undone');
      expect(shop.account.snapshot(), `killed at ${n}`).toEqual(before);
      expect(replay((await change(shop)).entries)).toBe('undone');
    }
  }, 120_000);

  test.each(['denied', 'down', 'throttled', 'down-after'] as const)(
    'each call fails in turn (%s): applied or as it was, never half',
    async (kind) => {
      const calm = await decided(fault);
      const before = calm.account.snapshot();
      calm.wire.length = 0;
      await carry(calm);
      const applied = calm.account.snapshot();
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
        const { step, entries } = await change(shop);
        expect(replay(entries)).toBe(step);
        const where = `call ${n} ${victim}: ${JSON.stringify(entries.at(-1))}`;
        expect(['applied', 'dropped', 'undone'], `after ${where}`).toContain(step);
        expect(next, `after ${where}`).toBe(step === 'applied' ? 'wait-for-proof' : 'investigate');
        expect(shop.account.snapshot(), `after ${where}`).toEqual(step === 'applied' ? applied : before);
      }
    },
    120_000,
  );

  test('the kill switch stops a change before it begins, and when it cannot be read; it never stops an undo', async () => {
    for (const value of ['on', undefined, 'garbage']) {
      const shop = await decided(fault);
      const before = shop.account.snapshot();
      shop.account.putParameter('/gatemedic/kill-switch', value);
      const stopped = await carry(shop);
      expect(stopped).toBe('investigate');
      expect((await change(shop)).step).toBe('dropped');
      shop.account.putParameter('/gatemedic/kill-switch', 'off');
      expect(shop.account.snapshot()).toEqual(before);
    }
    const shop = await decided(fault);
    await carry(shop);
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    expect((await undo(shop, (await change(shop)).id)).end).toBe('undone');
  });

  test('drift is refused: before the change nothing is written, before the undo the other value stays', async () => {
    const before = await decided(fault);
    await drift(before);
    const drifted = before.account.snapshot();
    expect(await carry(before)).toBe('investigate');
    expect((await change(before)).step).toBe('dropped');
    expect(before.account.snapshot()).toEqual(drifted);
    const after = await decided(fault);
    await carry(after);
    await drift(after);
    const other = after.account.snapshot();
    expect((await undo(after, (await change(after)).id)).end).toBe('drift');
    expect(after.account.snapshot()).toEqual(other);
    expect((await change(after)).step).toBe('stuck');
    expect((await open(after))?.notes.at(-1)?.says).toMatch(/a person is needed: .*by hand: aws lambda /);
  });

  test('exactly the declared calls are used: deciding, applying, undoing', async () => {
    const shop = await decided(fault);
    const inDecide = new Set(shop.wire);
    shop.wire.length = 0;
    await carry(shop);
    // a lease that ends looks at use; an unproven permission that the sweeper meets does too
    await shop.advance(3 * 3_600_000);
    const record = await change(shop);
    await undo(shop, record.id, 'by-machine', record.leaseEndsAt === undefined ? 'sweeper' : 'lease');
    await undo(shop, record.id, 'by-person');
    const only = { ...shop.installation, fixes: [{ id: fault.fix }] };
    const kept = fault.fix === 're-add-invoke-permission' ? new Set([...shop.wire, ...(await undoneWire(fault))]) : new Set(shop.wire);
    expect([...inDecide].sort()).toEqual([...callsOf('decide', only)].sort());
    expect([...kept].sort()).toEqual([...callsOf('carry-out', only)].sort());
  });
});

/** The calls of an undo by a person, from a fresh account. */
async function undoneWire(fault: Fault): Promise<readonly CallName[]> {
  const shop = await decided(fault);
  shop.wire.length = 0;
  await carry(shop);
  await undo(shop, (await change(shop)).id);
  return shop.wire;
}

/** Somebody else writes a third value where the change is, by the service's own calls. */
async function drift(shop: Workshop): Promise<void> {
  const plan = (await open(shop))?.decision;
  if (plan?.do !== 'act') throw new Error('not decided');
  const attempt = shop.account.attempt('admin');
  for (const { setting, target } of plan.plan.changes) {
    const t = target as { functionName: string; qualifier: string; statementId: string };
    if (setting === 'invoke-permission') {
      await attempt('lambda:RemovePermission', { FunctionName: t.functionName, Qualifier: t.qualifier, StatementId: t.statementId });
      await attempt('lambda:AddPermission', {
        FunctionName: t.functionName,
        Qualifier: t.qualifier,
        StatementId: t.statementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: 'arn:aws:execute-api:us-east-1:111122223333:other/*',
      });
    } else
      await attempt('lambda:PutProvisionedConcurrencyConfig', {
        FunctionName: t.functionName,
        Qualifier: t.qualifier,
        ProvisionedConcurrentExecutions: 3,
      });
  }
}
