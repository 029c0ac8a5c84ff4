// Carry out, beside the laws: what an approval must be, who may be in the way, what an undo says, how a lease ends.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Decision } from '../../lib/model/change.ts';
import type { Incident, Question } from '../../lib/model/incident.ts';
import { lock, lockLeaseMs } from '../../lib/journal/lock.ts';
import { lockKeys } from '../../lib/stages/changing/moves.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Fault } from '../laws/fault.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const coldFault = faultOf('warm-concurrency');
const minute = 60_000;
const hour = 60 * minute;
let shop: Workshop;

const incident = () => incidentOf(shop);
const change = () => newestChangeOf(shop);
const set = (more: Partial<Incident>) => rows.incident.update(shop.store, id, (i) => ({ ...i, ...more }));
const apply = () => shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id })) as Promise<Routed>;
const takeBack = () => shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id })) as Promise<Routed>;
const undo = async (why: 'person' | 'lease' | 'sweeper', name = `${why}-1`) =>
  (
    (await shop.run(
      carryOut.run(shop.world('carry-out'), { do: 'undo', changeId: (await change()).id, why, name, by: { id: 'U012AB3CD', name: 'Ada' } }),
    )) as Undone
  ).end;
const decided = async (fault: Fault, more: object = {}) => {
  shop = await openWorkshop({ fault, ...more });
  if (fault === coldFault) await set({ firstFailureAt: shop.clock.now() - 10 * minute });
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
};
const notes = async () => (await incident()).notes.map((n) => n.says);

describe('apply trusts the row and nothing else', () => {
  beforeEach(() => decided(permissionFault));
  const act = async () => {
    const { decision } = await incident();
    if (decision?.do !== 'act') throw new Error('not decided');
    return decision;
  };
  const question = (d: Extract<Decision, { do: 'act' }>, more: Partial<Question>): Question => ({
    id: 'q1',
    plan: d.plan,
    askedAt: shop.clock.now() - minute,
    expiresAt: shop.clock.now() + minute,
    state: 'approved',
    decidedAt: shop.clock.now() - 1000,
    by: { kind: 'person', id: 'U012AB3CD', name: 'Ada' },
    approvals: [{ by: { kind: 'person', id: 'U012AB3CD', name: 'Ada' }, at: shop.clock.now() - 1000 }],
    ...more,
  });

  test('an approval: who gave it is in the journal', async () => {
    const d = await act();
    await set({ decision: { ...d, question: 'q1' }, question: question(d, {}) });
    expect((await apply()).next).toBe('wait-for-proof');
    expect(await change()).toMatchObject({ approvedBy: { kind: 'person', name: 'Ada' }, step: 'applied' });
  });

  test.each([
    ['a question that was withdrawn', { state: 'withdrawn' as const }, /does not stand/],
    ['another question', { id: 'q2' }, /does not stand/],
    ['an approval after the time was over', { decidedAt: 9e15 }, /after the question expired/],
    ['an approval that nobody gave', { approvals: [] }, /0 of 1 different people/],
    ['one person where it takes two', { needs: 2 }, /1 of 2 different people/],
  ])('%s → nothing is changed', async (_, more, why) => {
    const d = await act();
    const before = shop.account.snapshot();
    await set({ decision: { ...d, question: 'q1' }, question: question(d, more) });
    expect((await apply()).next).toBe('investigate');
    expect((await change()).entries.at(-1)).toMatchObject({ step: 'dropped', why: expect.stringMatching(why) });
    expect(shop.account.snapshot()).toEqual(before);
  });

  test('other changes than those approved, or changes that do not match their hash → nothing is changed', async () => {
    const d = await act();
    const before = shop.account.snapshot();
    await set({ decision: { ...d, question: 'q1' }, question: question(d, { plan: { ...d.plan, hash: 'f'.repeat(64) } }) });
    expect((await apply()).next).toBe('investigate');
    const forged = {
      ...d.plan,
      changes: d.plan.changes.map((c) => ({
        ...c,
        to: { ...(c.to as object), sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:orders1000/*' },
      })),
    };
    await set({ decision: { ...d, at: d.at + 1, plan: forged } });
    expect((await apply()).next).toBe('investigate');
    expect((await change()).entries.at(-1)).toMatchObject({
      step: 'dropped',
      why: expect.stringContaining('not the ones that were decided'),
    });
    expect(shop.account.snapshot()).toEqual(before);
  });

  test('a decision of another time, mode or configuration → nothing is changed', async () => {
    await shop.advance(16 * minute);
    expect((await apply()).next).toBe('investigate');
    expect((await change()).entries.at(-1)?.why).toMatch(/older than 15 minutes/);
    await decided(permissionFault);
    shop.installation = { ...shop.installation, mode: 'ask' };
    expect((await apply()).next).toBe('investigate');
    expect((await change()).entries.at(-1)?.why).toMatch(/does not act unasked/);
  });

  test('no act decided → looked at anew', async () => {
    await set({ decision: { do: 'wait', untilAt: 0, at: 0, because: [] } });
    expect((await apply()).next).toBe('investigate');
    expect((await incident()).changes).toEqual([]);
  });

  test('another change on the same function → it waits, and nothing is planned twice', async () => {
    const keys = lockKeys((await act()).plan);
    await lock(shop.world('carry-out'), keys[0] ?? '', 'chg-other:apply');
    const routed = await apply();
    expect(routed).toEqual({ incidentId: id, next: 'wait', untilAt: new Date(shop.clock.now() + lockLeaseMs).toISOString() });
    expect((await incident()).changes).toEqual([]);
    await shop.advance(lockLeaseMs + 1);
    expect((await apply()).next).toBe('wait-for-proof');
  });

  test('the kill switch while a crashed change stands half: it is taken back, not finished', async () => {
    const before = shop.account.snapshot();
    expect((await apply()).next).toBe('wait-for-proof');
    const made = await change();
    await rows.change.update(shop.store, made.id, (c) => ({ ...c, step: 'applying', entries: c.entries.slice(0, 2) }));
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    expect((await apply()).next).toBe('take-back');
    expect((await takeBack()).next).toBe('investigate');
    shop.account.putParameter('/gatemedic/kill-switch', 'off');
    expect(shop.account.snapshot()).toEqual(before);
  });
});

describe('undo', () => {
  beforeEach(async () => {
    await decided(permissionFault);
    await apply();
  });
  test('by a person, after the incident was closed: it ends as undone', async () => {
    await set({ phase: 'closed', outcome: 'fixed', standing: 'fixed' });
    expect(await undo('person')).toBe('undone');
    expect(await incident()).toMatchObject({ outcome: 'undone', standing: 'undone' });
    expect((await change()).entries.at(-1)).toMatchObject({ step: 'undone', by: { kind: 'person', id: 'U012AB3CD', name: 'Ada' } });
  });
  test('refused once the window is over, or the change was kept', async () => {
    await shop.advance(25 * hour);
    expect(await undo('person')).toBe('refused');
    expect(await notes()).toContain('nothing was taken back: the time to undo it is over');
    const { id: changeId } = await change();
    await rows.change.update(shop.store, changeId, (c) => ({ ...c, step: 'kept' }));
    expect(await undo('person', 'person-2')).toBe('refused');
    expect(await undo('lease', 'lease-2')).toBe('kept');
  });
  test('an unproven permission through which requests go is kept by the sweeper, not by a person', async () => {
    await shop.advance(5 * minute);
    const before = shop.account.snapshot();
    expect(await undo('sweeper')).toBe('kept');
    expect(shop.account.snapshot()).toEqual(before);
    expect((await change()).step).toBe('kept');
    await decided(permissionFault);
    await apply();
    await shop.advance(5 * minute);
    expect(await undo('person')).toBe('undone');
  });
  test('where use cannot be read, it counts as used', async () => {
    shop.answer = (name) => (name === 'cloudwatch:GetMetricData' ? 'denied' : undefined);
    expect(await undo('sweeper')).toBe('kept');
  });
  test('an unproven permission nobody uses is taken back by the sweeper', async () => {
    await decided(permissionFault, { trafficForMs: 4 * minute });
    const before = shop.account.snapshot();
    await apply();
    await shop.advance(5 * minute);
    expect(await undo('sweeper')).toBe('undone');
    expect((shop.account.snapshot() as { functions: unknown }).functions).toEqual((before as { functions: unknown }).functions);
  });
  test('a world that is down is met again later, five times; then a person is called, with the command', async () => {
    shop.answer = (name) => (name === 'lambda:RemovePermission' ? 'down' : undefined);
    for (let n = 1; n < 5; n++) {
      expect(await undo('person', `person-${n}`)).toBe('refused');
      expect((await change()).step).toBe('undoing');
      expect(shop.scheduled).toHaveLength(n);
      expect(shop.scheduled.at(-1)).toMatchObject({ input: { why: 'person', by: { id: 'U012AB3CD' } } });
      await shop.advance(3 * minute);
    }
    expect(await undo('person', 'person-5')).toBe('stuck');
    expect((await incident()).standing).toBe('failed');
    expect((await notes()).at(-1)).toMatch(
      /a person is needed: .*by hand: aws lambda remove-permission --function-name orders --qualifier live/,
    );
  });
  test('denied is not tried again: a person is called at once', async () => {
    shop.answer = (name) => (name === 'lambda:RemovePermission' ? 'denied' : undefined);
    expect(await undo('person')).toBe('stuck');
  });
  test('a lock in the way: it comes back by itself', async () => {
    await lock(shop.world('carry-out'), lockKeys((await change()).plan)[0] ?? '', 'chg-other:apply');
    expect(await undo('person')).toBe('refused');
    expect(shop.scheduled).toHaveLength(1);
    expect((await change()).step).toBe('applied');
  });
  test('taking back what somebody else took away already is done, and says so', async () => {
    const target = (await change()).plan.changes[0]?.target as { statementId: string };
    await shop.account.attempt('admin')('lambda:RemovePermission', {
      FunctionName: 'orders',
      Qualifier: 'live',
      StatementId: target.statementId,
    });
    shop.wire.length = 0;
    await shop.advance(2 * minute);
    expect(await undo('person')).toBe('undone');
    expect(shop.wire).not.toContain('lambda:RemovePermission');
  });
});

describe('a lease', () => {
  beforeEach(async () => {
    await decided(coldFault);
    await apply();
  });
  const concurrency = (values: number[]) => {
    const world = shop.world.bind(shop);
    shop.world = (duty) => {
      const made = world(duty);
      const call: typeof made.aws.call = async (name, input) =>
        name === 'cloudwatch:GetMetricData'
          ? ({ ok: true, value: { MetricDataResults: [{ Id: 'concurrent', Values: values }] } } as never)
          : made.aws.call(name, input);
      return { ...made, aws: { call } };
    };
  };
  test('its end is scheduled when it is applied', async () => {
    const record = await change();
    expect(record.leaseEndsAt).toBe(shop.clock.now() + 2 * hour);
    expect(shop.scheduled).toEqual([
      { input: { name: `lease-${record.id}-0`, changeId: record.id, why: 'lease' }, atMs: record.leaseEndsAt },
    ]);
    expect(`lease-${record.id}-0`.length).toBeLessThanOrEqual(64);
  });
  test('not in use → taken down; how the incident ended does not change', async () => {
    await set({ phase: 'closed', outcome: 'fixed', standing: 'fixed' });
    concurrency([1]);
    await shop.advance(2 * hour);
    expect(await undo('lease')).toBe('undone');
    expect(await incident()).toMatchObject({ outcome: 'fixed', standing: 'fixed' });
  });
  test('in use → extended once, with its own end scheduled; the second end takes it down', async () => {
    concurrency([7]);
    await shop.advance(2 * hour);
    expect(await undo('lease')).toBe('extended');
    const extended = await change();
    expect(extended).toMatchObject({ extended: 1, leaseEndsAt: shop.clock.now() + 2 * hour });
    expect(shop.scheduled.at(-1)).toMatchObject({ input: { name: `lease-${extended.id}-1` }, atMs: extended.leaseEndsAt });
    // the first schedule delivered twice extends nothing
    expect(await undo('lease')).toBe('extended');
    expect((await change()).extended).toBe(1);
    await shop.advance(2 * hour);
    expect(await undo('lease', 'lease-2')).toBe('undone');
    expect((await change()).entries.find((e) => e.step === 'undoing')?.why).toMatch(/still in use, so make it last/);
  });
  test('in use, but two leases would pass the day’s cap → taken down', async () => {
    concurrency([7]);
    shop.installation = { ...shop.installation, caps: { ...shop.installation.caps, usdPerDay: 0.15 } };
    await shop.advance(2 * hour);
    expect(await undo('lease')).toBe('undone');
  });
  test('use that cannot be read does not extend what costs money', async () => {
    shop.answer = (name) => (name === 'cloudwatch:GetMetricData' ? 'denied' : undefined);
    await shop.advance(2 * hour);
    expect(await undo('lease')).toBe('undone');
  });
  test('an old schedule does not end an extended lease', async () => {
    expect(await undo('lease')).toBe('extended');
    expect((await change()).step).toBe('applied');
  });
});
