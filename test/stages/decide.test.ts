// Decide: each way an incident can go, on a sandbox account with a real fault; and the one conditional write that a click may meet.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Decision, Plan } from '../../lib/model/change.ts';
import type { Incident, Question } from '../../lib/model/incident.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { approvedChangeId } from '../../lib/stages/weighing/change-id.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const minute = 60_000;
let shop: Workshop;

const open = () => incidentOf(shop);
const run = () => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;
const set = (more: Partial<Incident>) => rows.incident.update(shop.store, id, (i) => ({ ...i, ...more }));
const answer = (state: Question['state']) =>
  rows.incident.update(shop.store, id, (i) =>
    i.question
      ? { ...i, question: { ...i.question, state, by: { kind: 'person', id: 'U012AB3CD', name: 'Ada' }, decidedAt: shop.clock.now() } }
      : undefined,
  );
const opened = async (installation: Partial<Installation> = {}, fault = permissionFault, afterMs?: number) =>
  void (shop = await openWorkshop({ fault, installation, ...(afterMs === undefined ? {} : { afterMs }) }));
/** The same account, seen without the proof that a deploy did it. */
const withoutProof = () =>
  rows.evidence.upsert(shop.store, id, () => ({
    at: shop.clock.now(),
    gathered: { ...shop.evidence, stackEvents: { state: 'missing', why: 'empty', detail: 'no stack owns it' } },
  }));
const withProof = () => rows.evidence.upsert(shop.store, id, () => ({ at: shop.clock.now(), gathered: shop.evidence }));
const planOf = (d: Decision | undefined): Plan => {
  if (!d || !('plan' in d) || !d.plan) throw new Error(`no plan in ${JSON.stringify(d)}`);
  return d.plan;
};

describe('act', () => {
  beforeEach(() => opened());
  test('confirmed, allowed, nothing against it', async () => {
    expect((await run()).next).toBe('carry-out');
    expect((await open()).decision).toMatchObject({ do: 'act', because: [expect.stringContaining('nothing speaks against it')] });
    expect((await open()).standing).toBeUndefined();
  });
  test('within the first minute it waits for exactly that minute', async () => {
    await set({ firstFailureAt: shop.clock.now() - 40_000, openedAt: shop.clock.now() - 30_000 });
    const routed = await run();
    expect(routed).toEqual({ incidentId: id, next: 'wait', untilAt: new Date(shop.clock.now() + 20_000).toISOString() });
    expect((await open()).decision).toMatchObject({ do: 'wait', plan: { fix: 're-add-invoke-permission' } });
  });
});

describe('the first seconds and the end', () => {
  beforeEach(() => opened());
  test('the first 20 seconds are silent and plan nothing', async () => {
    await set({ openedAt: shop.clock.now() - 5000 });
    shop.wire.length = 0;
    expect(await run()).toEqual({ incidentId: id, next: 'wait', untilAt: new Date(shop.clock.now() + 15_000).toISOString() });
    expect(shop.wire).toEqual([]);
  });
  test('a closed or unknown incident ends', async () => {
    await set({ phase: 'closed' });
    expect((await run()).next).toBe('end');
    expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: 'inc-none' }))) as Routed).next).toBe('end');
  });
  test('not failing for five minutes → closed with how it stands; four are not enough', async () => {
    const calm = { ...shop.evidence, gatewayMetrics: undefined } as never;
    await rows.evidence.upsert(shop.store, id, () => ({ at: 0, gathered: calm }));
    const quiet = (minutes: number) =>
      set({
        standing: 'advised',
        diagnosis: { ...shop.diagnosis, failing: false },
        firstFailureAt: shop.clock.now() - 60 * minute,
        lastFailureAt: shop.clock.now() - minutes * minute,
      });
    await quiet(4);
    expect((await run()).next).not.toBe('close');
    await quiet(6);
    expect((await run()).next).toBe('close');
    expect((await open()).decision).toMatchObject({ do: 'close', outcome: 'advised' });
  });
  test('no traffic is not health: without a clear answer it waits ten minutes, after an alarm thirty', async () => {
    const { failing: _, ...unclear } = shop.diagnosis;
    await rows.evidence.upsert(shop.store, id, () => ({ at: 0, gathered: {} }));
    for (const [from, minutes, next] of [
      ['log', 9, false],
      ['log', 11, true],
      ['alarm', 29, false],
      ['alarm', 31, true],
    ] as const) {
      await set({
        from,
        diagnosis: { ...unclear, cause: 'unknown', certainty: 'unknown' },
        lastFailureAt: shop.clock.now() - minutes * minute,
      });
      expect((await run()).next === 'close', `${from} ${minutes}`).toBe(next);
    }
  });
  test('gone within a minute: nothing is how it ends, even if somebody was asked', async () => {
    const first = shop.clock.now() - 20 * minute;
    const series = (values: number[]) => ({ at: values.map((_, i) => first + i * minute), values });
    const metrics = (errors: number[]) =>
      ({
        gatewayMetrics: {
          state: 'got',
          from: 0,
          to: 1,
          trust: 'aws',
          value: {
            periodMs: minute,
            count: series(errors.map(() => 100)),
            serverErrors: series(errors),
            clientErrors: series([]),
            latencyMaxMs: series([]),
            integrationLatencyMaxMs: series([]),
          },
        },
      }) as never;
    for (const [errors, outcome] of [
      [[50, 10, 0, 0], 'none'],
      [[50, 50, 50, 0], 'asked'],
    ] as const) {
      await rows.evidence.upsert(shop.store, id, () => ({ at: 0, gathered: metrics([...errors]) }));
      await set({
        standing: 'asked',
        diagnosis: { ...shop.diagnosis, failing: false },
        firstFailureAt: first,
        lastFailureAt: first + 40_000,
      });
      expect((await run()).next).toBe('close');
      expect((await open()).decision).toMatchObject({ outcome });
    }
  });
  test('a day is the end', async () => {
    await set({ openedAt: shop.clock.now() - 25 * 60 * minute });
    expect((await run()).next).toBe('close');
  });
});

describe('ask', () => {
  beforeEach(async () => {
    await opened();
    await withoutProof();
  });
  test('no proof → asked at once, with the exact plan; the same question stands at the next look', async () => {
    const routed = await run();
    const { question, decision, standing } = await open();
    expect(routed.next).toBe('ask');
    expect(question).toMatchObject({ state: 'pending', plan: { hash: planOf(decision).hash }, expiresAt: shop.clock.now() + 60 * minute });
    expect(standing).toBe('asked');
    await shop.advance(2 * minute);
    await set({ lastFailureAt: shop.clock.now() });
    expect((await run()).next).toBe('ask');
    expect((await open()).question?.id).toBe(question?.id);
    expect((await open()).notes.filter((n) => n.key.startsWith('asked:'))).toHaveLength(1);
  });
  test('a question that stands for twenty minutes is looked at less often: the trail has had its time', async () => {
    const { openedAt } = await open();
    await shop.advance(openedAt + 20 * minute - 1 - shop.clock.now());
    await set({ lastFailureAt: shop.clock.now() });
    expect((await run()).next).toBe('ask');
    await shop.advance(1);
    expect((await run()).next).toBe('keep-asking');
  });
  test('when the proof comes it acts, and the question is withdrawn in the same write', async () => {
    await run();
    await withProof();
    expect((await run()).next).toBe('carry-out');
    const { question, decision } = await open();
    expect(question?.state).toBe('withdrawn');
    expect(decision).toMatchObject({ do: 'act' });
    expect(decision).not.toHaveProperty('question');
  });
  test('approved → exactly the plan of the question, by its own id, and only once', async () => {
    await run();
    const before = await open();
    await answer('approved');
    expect((await run()).next).toBe('carry-out');
    expect((await open()).decision).toMatchObject({
      do: 'act',
      question: before.question?.id,
      plan: { hash: before.question?.plan.hash },
      because: ['Ada approved exactly these changes'],
    });
    // carried out: the approval is used up
    await set({ changes: [approvedChangeId({ id }, { id: before.question?.id ?? '' })] });
    expect((await open()).question?.state).toBe('approved');
    expect((await run()).next).not.toBe('carry-out');
  });
  test('dismissed → advised, neither asked again nor made when the proof comes; it ends as asked', async () => {
    await run();
    await answer('dismissed');
    for (const prepare of [withoutProof, withProof]) {
      await prepare();
      expect((await run()).next).toBe('wait');
      expect((await open()).decision).toMatchObject({ do: 'advise', because: [expect.stringContaining('dismissed')] });
      expect((await open()).standing).toBe('asked');
    }
    expect((await open()).dismissed).toHaveLength(1);
  });
  test('expired → another question while it still fails; the old one says expired in the history', async () => {
    await run();
    const first = (await open()).question;
    await shop.advance(61 * minute);
    await set({ lastFailureAt: shop.clock.now() });
    expect((await run()).next).toBe('keep-asking');
    const { question, notes } = await open();
    expect(question?.id).not.toBe(first?.id);
    expect(question?.state).toBe('pending');
    expect(notes.some((n) => n.key === `expired:${first?.id}`)).toBe(true);
  });
  test('an approval after the time is over is not taken: the row says expired first', async () => {
    await run();
    await shop.advance(61 * minute);
    await set({ lastFailureAt: shop.clock.now(), diagnosis: { ...shop.diagnosis, cause: 'unknown', certainty: 'unknown' } });
    await run();
    expect((await open()).question?.state).toBe('expired');
  });
  test('the stage recovers → withdrawn', async () => {
    await run();
    await rows.evidence.upsert(shop.store, id, () => ({ at: 0, gathered: {} }));
    await set({ diagnosis: { ...shop.diagnosis, failing: false }, lastFailureAt: shop.clock.now() - 6 * minute });
    expect((await run()).next).toBe('close');
    expect((await open()).question?.state).toBe('withdrawn');
  });
  test('one look that cannot confirm takes no question back; a kill switch does', async () => {
    await run();
    await set({ diagnosis: { ...shop.diagnosis, cause: 'unknown', certainty: 'unknown', suspects: [] } });
    expect((await run()).next).toBe('ask');
    await set({ diagnosis: shop.diagnosis });
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    expect((await run()).next).toBe('wait');
    expect((await open()).question?.state).toBe('withdrawn');
  });
  test('a click between weighing and writing counts: the choice is made again with it', async () => {
    await run();
    await withProof();
    // the click comes in after decide has read the row: at its first call to AWS
    let clicked = false;
    const world = shop.world('decide');
    const call: typeof world.aws.call = async (name, input) => {
      if (!clicked) {
        clicked = true;
        await answer('dismissed');
      }
      return world.aws.call(name, input);
    };
    expect(((await shop.run(decide.run({ ...world, aws: { call } }, { incidentId: id }))) as Routed).next).toBe('wait');
    expect((await open()).question?.state).toBe('dismissed');
    expect((await open()).decision?.do).toBe('advise');
  });
});
