// Prove: each end of a change on a sandbox account with real traffic: proven, kept while something else fails, taken back, not judged.
import { describe, expect, test } from 'vitest';
import { replay } from '../../lib/journal/table.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import prove from '../../lib/stages/prove.ts';
import { provenFrom, wholeMinuteAfter } from '../../lib/stages/changing/proof-time.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { Killed, openWorkshop, type Opened, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const coldFault = faultOf('warm-concurrency');
const minute = 60_000;

async function applied(options: Opened, between: (shop: Workshop) => void = () => undefined): Promise<Workshop> {
  const shop = await openWorkshop(options);
  await rows.incident.update(shop.store, id, (i) => ({
    ...i,
    firstFailureAt: i.firstFailureAt - 5 * minute,
    lastFailureAt: shop.clock.now(),
  }));
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
  expect(((await shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id }))) as Routed).next).toBe('wait-for-proof');
  between(shop);
  return shop;
}
const look = (shop: Workshop) => shop.run(prove.run(shop.world('prove'), { incidentId: id })) as Promise<Routed>;

/** The loop of the workflow: wait until it says, look again. Answers where it went and how often it looked. */
async function proveUntilEnd(shop: Workshop): Promise<{ next: Routed['next']; looks: number }> {
  for (let looks = 1; looks < 60; looks++) {
    const routed = await again(shop);
    if (routed.next !== 'wait-for-proof') return { next: routed.next, looks };
    expect(Date.parse(routed.untilAt)).toBeGreaterThan(shop.clock.now());
    await shop.clock.runUntil(Date.parse(routed.untilAt));
  }
  throw new Error('it never came to an end');
}
async function again(shop: Workshop): Promise<Routed> {
  for (;;) {
    try {
      return await look(shop);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      shop.revive();
    }
  }
}

test('proof counts from whole minutes only', () => {
  expect(wholeMinuteAfter(minute)).toBe(minute);
  expect(provenFrom(minute)).toBe(2 * minute);
  expect(provenFrom(2 * minute - 1)).toBe(3 * minute);
});

describe('a permission put back', () => {
  test('is proven: kept with its undo open, relied on, the incident closes as fixed', async () => {
    const shop = await applied({ fault: permissionFault });
    const appliedAt = shop.clock.now();
    const { next, looks } = await proveUntilEnd(shop);
    expect(next).toBe('close');
    expect(looks).toBeLessThan(8);
    expect(shop.clock.now() - appliedAt).toBeLessThan(6 * minute);
    expect(await newestChangeOf(shop)).toMatchObject({
      step: 'verified',
      reliedOn: true,
      undoUntilAt: shop.clock.now() + 24 * 60 * minute,
    });
    expect((await look(shop)).next, 'run again').toBe('close');
    expect(await incidentOf(shop)).toMatchObject({
      standing: 'fixed',
      decision: { do: 'close', outcome: 'fixed', because: [expect.stringMatching(/^proven: 0 of \d+ requests failed/)] },
    });
  });

  test('the cause is gone and the code crashes: kept, and looked at anew; never called fixed', async () => {
    const shop = await applied({ fault: permissionFault }, ({ account }) =>
      account.release('orders', { outcome: 'throw', ms: 20, errorText: 'Error: no' }),
    );
    expect((await proveUntilEnd(shop)).next).toBe('investigate');
    expect(await newestChangeOf(shop)).toMatchObject({ step: 'verified', reliedOn: true });
    const { standing, notes } = await incidentOf(shop);
    expect(standing).not.toBe('fixed');
    expect(notes.at(-1)?.says).toMatch(/something else is wrong/);
  });

  test('somebody takes the statement away again at once: it never gets in force, and is taken back', async () => {
    const shop = await applied({ fault: permissionFault });
    const { plan } = await newestChangeOf(shop);
    const target = plan.changes[0]?.target as { statementId: string };
    await shop.account.attempt('admin')('lambda:RemovePermission', {
      FunctionName: 'orders',
      Qualifier: 'live',
      StatementId: target.statementId,
    });
    expect((await proveUntilEnd(shop)).next).toBe('take-back');
    expect((await newestChangeOf(shop)).step).toBe('failed');
    await shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id }));
    expect((await newestChangeOf(shop)).step).toBe('undone');
  });

  test('a Deny is put beside it: the cause is still there, and the change is taken back', async () => {
    const shop = await applied({ fault: permissionFault }, ({ account }) =>
      account.putStatement('orders', 'live', {
        Sid: 'no',
        Effect: 'Deny',
        Principal: { Service: 'apigateway.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: '*',
      } as never),
    );
    expect((await proveUntilEnd(shop)).next).toBe('take-back');
    expect((await newestChangeOf(shop)).entries.at(-1)).toMatchObject({ step: 'failed', why: expect.stringContaining('still there') });
    expect((await incidentOf(shop)).standing).not.toBe('fixed');
  });

  test('no traffic: not proven, and not called recovered; the change stays, a person is told, undo stays open', async () => {
    const shop = await applied({ fault: permissionFault, trafficForMs: 6 * minute });
    const { next } = await proveUntilEnd(shop);
    expect(next).toBe('close');
    const record = await newestChangeOf(shop);
    expect(record.step).toBe('applied');
    expect(record.undoUntilAt).toBe(shop.clock.now() + 24 * 60 * minute);
    const { decision } = await incidentOf(shop);
    expect(decision).toMatchObject({
      do: 'close',
      outcome: 'none',
      because: [expect.stringMatching(/not proven in 12 minutes: no datapoint of the stage/)],
    });
  });

  test('metrics that are denied prove nothing', async () => {
    const shop = await applied({ fault: permissionFault });
    shop.answer = (name) => (name === 'cloudwatch:GetMetricData' ? 'denied' : undefined);
    expect((await proveUntilEnd(shop)).next).toBe('close');
    expect((await incidentOf(shop)).decision).toMatchObject({ outcome: 'none' });
    expect((await newestChangeOf(shop)).step).toBe('applied');
  });

  test('requests that succeed prove nothing while it cannot be read whether the cause is gone', async () => {
    const shop = await applied({ fault: permissionFault });
    const first = await again(shop);
    if (first.next !== 'wait-for-proof') throw new Error(first.next);
    await shop.clock.runUntil(Date.parse(first.untilAt));
    shop.answer = (name) => (name === 'lambda:GetPolicy' ? 'denied' : undefined);
    expect((await proveUntilEnd(shop)).next).toBe('close');
    const { decision } = await incidentOf(shop);
    expect(decision).toMatchObject({
      outcome: 'none',
      because: [expect.stringMatching(/not proven in 12 minutes: 0 of \d+ requests failed since the change; lambda:GetPolicy/)],
    });
    expect((await newestChangeOf(shop)).step).toBe('applied');
  });

  test('killed at every place of the deciding look, then run again: the same end', async () => {
    const calm = await applied({ fault: permissionFault });
    let before = calm.places();
    let waits = 0;
    for (let routed = await look(calm); routed.next === 'wait-for-proof'; routed = await look(calm)) {
      waits++;
      await calm.clock.runUntil(Date.parse(routed.untilAt));
      before = calm.places();
    }
    const places = calm.places() - before;
    expect(places).toBeGreaterThan(10);
    for (let n = 0; n < places; n++) {
      const shop = await applied({ fault: permissionFault });
      for (let w = 0; w < waits; w++) await shop.clock.runUntil(Date.parse((await look(shop)).untilAt));
      shop.killAt(n);
      expect((await proveUntilEnd(shop)).next, `killed at ${n}`).toBe('close');
      shop.revive();
      expect((await incidentOf(shop)).standing, `killed at ${n}`).toBe('fixed');
      expect(replay((await newestChangeOf(shop)).entries)).toBe('verified');
    }
  }, 60_000);
});

describe('warm environments', () => {
  test('wait until READY; Lambda’s FAILED is taken back with its reason', async () => {
    const shop = await applied({ fault: coldFault });
    const first = await look(shop);
    expect(first.next).toBe('wait-for-proof');
    expect((await newestChangeOf(shop)).settledAt).toBeUndefined();
    const world = shop.world('prove');
    const call: typeof world.aws.call = async (name, input) => {
      const answer = await world.aws.call(name, input);
      return name === 'lambda:GetProvisionedConcurrencyConfig' && answer.ok
        ? { ok: true, value: { ...answer.value, Status: 'FAILED', StatusReason: 'no capacity' } }
        : answer;
    };
    expect(((await shop.run(prove.run({ ...world, aws: { call } }, { incidentId: id }))) as Routed).next).toBe('take-back');
    expect((await newestChangeOf(shop)).entries.at(-1)).toMatchObject({ step: 'failed', why: 'no capacity' });
    await shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id }));
    expect((await newestChangeOf(shop)).step).toBe('undone');
  });
  test('proof begins when they are READY, not when they were asked for', async () => {
    const shop = await applied({ fault: coldFault });
    const asked = shop.clock.now();
    for (let n = 0; n < 20 && (await newestChangeOf(shop)).settledAt === undefined; n++)
      await shop.clock.runUntil(Date.parse((await look(shop)).untilAt));
    expect((await newestChangeOf(shop)).settledAt).toBeGreaterThan(asked + minute);
  });
});

test('nothing to prove → looked at anew; a change that failed before a crash → taken back', async () => {
  const shop = await openWorkshop({ fault: permissionFault });
  expect((await look(shop)).next).toBe('investigate');
  const made = await applied({ fault: permissionFault });
  const record = await newestChangeOf(made);
  await rows.change.update(made.store, record.id, (c) => ({ ...c, step: 'failed' }));
  expect((await look(made)).next).toBe('take-back');
});
