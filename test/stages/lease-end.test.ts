// A lease that ends while it is in use: extended once, then a person is asked whether to keep it; nothing goes on for ever by itself.
import { beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../lib/journal/journal.ts';
import { canKeep, canUndo } from '../../lib/messages/buttons.ts';
import { headline } from '../../lib/messages/mood.ts';
import { topicSteps } from '../../lib/messages/topic.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';

const coldFault = faultOf('warm-concurrency');
const minute = 60_000;
const hour = 60 * minute;
const id = 'inc-law';
let shop: Workshop;

const incident = async (): Promise<Incident> => {
  const row = await rows.incident.get(shop.store, id);
  if (!row) throw new Error('no incident');
  return row.value;
};
const change = async (): Promise<ChangeRecord> => {
  const row = await rows.change.get(shop.store, (await incident()).changes.at(-1) ?? '');
  if (!row) throw new Error('no change');
  return row.value;
};
const warm = () =>
  JSON.stringify((shop.account.snapshot() as { functions: { orders: { provisioned: unknown } } }).functions.orders.provisioned);
/** Fires the schedule that stands last, at its time. */
const leaseEnds = async (): Promise<Undone['end']> => {
  const last = shop.scheduled.at(-1);
  if (!last) throw new Error('nothing is scheduled');
  await shop.advance(last.atMs - shop.clock.now());
  return ((await shop.run(carryOut.run(shop.world('carry-out'), { do: 'undo', ...last.input }))) as Undone).end;
};
/** So many environments at work, whenever it is asked. */
const atWork = (count: number): void => {
  const world = shop.world.bind(shop);
  shop.world = (duty) => {
    const made = world(duty);
    const call: typeof made.aws.call = async (name, input) =>
      name === 'cloudwatch:GetMetricData'
        ? ({ ok: true, value: { MetricDataResults: [{ Id: 'concurrent', Values: [count] }] } } as never)
        : made.aws.call(name, input);
    return { ...made, aws: { call } };
  };
};

beforeEach(async () => {
  shop = await openWorkshop({ fault: coldFault });
  await rows.incident.update(shop.store, id, (i) => ({ ...i, firstFailureAt: shop.clock.now() - 10 * minute }));
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
  await shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id }));
  await advance(shop.world('prove'), (await change()).id, 'verified', { kind: 'gatemedic' }, 'proven', {
    undoUntilAt: shop.clock.now() + 24 * hour,
  });
  await rows.incident.update(shop.store, id, (i) => ({ ...i, phase: 'closed', outcome: 'fixed', standing: 'fixed' }));
});

describe('in use to the last', () => {
  test('extended once, then asked; the card offers Keep and Undo, the topic is told', async () => {
    atWork(7);
    expect(await leaseEnds()).toBe('extended');
    expect(await leaseEnds()).toBe('asked');
    const asked = await change();
    const now = shop.clock.now();
    expect(asked).toMatchObject({ step: 'verified', keepAskedAt: now, leaseEndsAt: now + shop.installation.questionMs });
    expect(canKeep(asked, now) && canUndo(asked, shop.installation.undoWindowMs, now)).toBe(true);
    const row = await incident();
    expect(headline(row, [asked])).toContain('keep it?');
    expect(topicSteps(row, [asked]).at(-1)).toMatchObject({
      step: 'asked',
      urgent: true,
      more: { changeId: asked.id, expiresAt: new Date(now + shop.installation.questionMs).toISOString() },
    });
    expect(row.notes.at(-1)?.says).toMatch(/keep it for good, or take it back\? Without an answer it is taken down/);
    expect(warm()).not.toBe('{}');
  });
  test('nobody answers: it comes down, and says why', async () => {
    atWork(7);
    await leaseEnds();
    await leaseEnds();
    expect(await leaseEnds()).toBe('undone');
    expect((await change()).entries.find((e) => e.step === 'undoing')?.why).toMatch(/asked whether to keep it, and nobody did/);
    expect(warm()).toBe('{}');
    expect((await incident()).outcome).toBe('fixed');
  });
  test('kept: the end of the question takes nothing down', async () => {
    atWork(7);
    await leaseEnds();
    await leaseEnds();
    await advance(shop.world('answer'), (await change()).id, 'kept', { kind: 'person', id: 'U012AB3CD' });
    expect(await leaseEnds()).toBe('kept');
    expect(warm()).not.toBe('{}');
  });
  test('the question’s schedule delivered twice asks once', async () => {
    atWork(7);
    await leaseEnds();
    const second = shop.scheduled.at(-1);
    await leaseEnds();
    const { leaseEndsAt } = await change();
    await shop.run(carryOut.run(shop.world('carry-out'), { do: 'undo', ...(second?.input ?? { name: '', changeId: '', why: 'lease' }) }));
    expect((await change()).leaseEndsAt).toBe(leaseEndsAt);
  });
});

describe('not asked', () => {
  test('when it is not in use any more', async () => {
    atWork(7);
    await leaseEnds();
    atWork(1);
    expect(await leaseEnds()).toBe('undone');
  });
  test('when even the time of a question is more than the day’s cap', async () => {
    atWork(7);
    const { usdPerHour = 0 } = (await change()).plan;
    shop.installation = { ...shop.installation, caps: { ...shop.installation.caps, usdPerDay: usdPerHour * 4.5 } };
    expect(await leaseEnds()).toBe('extended');
    expect(await leaseEnds()).toBe('undone');
  });
  test('and not extended while the kill switch is on: money is a new change, coming down is none', async () => {
    atWork(7);
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    expect(await leaseEnds()).toBe('undone');
    expect((await change()).entries.find((e) => e.step === 'undoing')?.why).toContain('the kill switch lets none be extended');
  });
  test('but asked at once where a second lease is more than the day’s cap and an hour is not', async () => {
    atWork(7);
    const { usdPerHour = 0 } = (await change()).plan;
    shop.installation = { ...shop.installation, caps: { ...shop.installation.caps, usdPerDay: usdPerHour * 3.5 } };
    expect(await leaseEnds()).toBe('asked');
  });
});
