// How an outage ends that only alarms told of: an alarm is silent while it stays in alarm, so the stages' own metrics are asked before it closes.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../lib/model/incident.ts';
import decide from '../../lib/stages/decide.ts';
import investigate from '../../lib/stages/investigate.ts';
import { outageFailing } from '../../lib/stages/looking/outage-metrics.ts';
import { rows, stageId } from '../../lib/store/rows.ts';
import { everyStage } from '../../lib/model/api.ts';
import { answered, failed, upkeepWorld } from './upkeep-world.ts';
import { at, incidentRow, key, t } from './upkeep-rows.ts';

const minute = 60_000;
const metric = (Id: string, values: readonly number[]) => ({
  Id,
  Timestamps: values.map((_, n) => new Date(t - (5 - n) * minute)),
  Values: [...values],
});
const parent = incidentRow({
  outageOf: [key, 'h1h2h3h4h5/$default'],
  from: 'alarm',
  lastFailureAt: t - 11 * minute,
  openedAt: t - 40 * minute,
});
const world = (results: readonly ReturnType<typeof metric>[]) =>
  upkeepWorld({
    startAt: t,
    script: {
      'cloudwatch:GetMetricData': () => answered({ MetricDataResults: [...results] }),
      'health:DescribeEvents': () => answered({ events: [] }),
    },
  });

describe('an outage that is silent', () => {
  test('one call asks for all of its stages, REST by name and HTTP by id', async () => {
    const w = world([]);
    await outageFailing(w.world, parent);
    expect(w.calls).toHaveLength(1);
    const text = JSON.stringify(w.calls[0]?.input);
    for (const part of ['"orders"', '5XXError', '"h1h2h3h4h5"', '5xx']) expect(text).toContain(part);
  });
  test('fails when one of its stages fails', async () => {
    expect(await outageFailing(world([metric('all0', [50, 50]), metric('bad0', [0, 3]), metric('all1', [9])]).world, parent)).toBe(true);
  });
  test('works when there are requests and none fails; without requests nothing is known', async () => {
    expect(await outageFailing(world([metric('all0', [50, 50])]).world, parent)).toBe(false);
    expect(await outageFailing(world([]).world, parent)).toBeUndefined();
    const denied = upkeepWorld({ startAt: t, script: { 'cloudwatch:GetMetricData': () => failed('denied') } });
    expect(await outageFailing(denied.world, parent)).toBeUndefined();
  });
  test('is not asked about while news still comes', async () => {
    const w = world([]);
    expect(await outageFailing(w.world, { ...parent, lastFailureAt: t - 9 * minute })).toBeUndefined();
    expect(w.calls).toEqual([]);
  });
});

describe('investigate and decide', () => {
  const opened = async (bad: readonly number[], silentMs: number) => {
    const w = world([metric('all0', [50, 50]), metric('bad0', bad)]);
    const incident: Incident = { ...parent, lastFailureAt: t - silentMs };
    await rows.incident.create(w.store, incident.id, incident);
    await rows.stage.create(w.store, everyStage, { key: everyStage, closedAts: [], live: { incidentId: incident.id, openedAt: t } });
    await investigate.run(w.world, { incidentId: incident.id });
    return { w, routed: await decide.run(w.world, { incidentId: incident.id }) };
  };
  test('an outage that still fails stays open, however long its alarms are silent', async () => {
    expect((await opened([3, 3], 45 * minute)).routed).toMatchObject({ next: 'wait' });
  });
  test('one that works closes without waiting for half an hour', async () => {
    expect((await opened([0, 0], 12 * minute)).routed).toMatchObject({ next: 'close' });
  });
});

test('a stage that joins an outage after it asked a person: the question is withdrawn, and its message is drawn once more', async () => {
  const w = world([]);
  const question = {
    id: 'q1',
    plan: { fix: 'f', cause: 'c', changes: [], hash: 'h', preview: [], snippets: [] },
    askedAt: t,
    expiresAt: t + minute,
    state: 'pending' as const,
  };
  await rows.incident.create(w.store, 'inc-p', { ...parent, id: 'inc-p' });
  await rows.incident.create(w.store, 'inc-1', incidentRow({ question, message: { channel: 'C', ts: '1' } }));
  await rows.stage.create(w.store, everyStage, { key: everyStage, closedAts: [], live: { incidentId: 'inc-p', openedAt: t } });
  await rows.stage.create(w.store, stageId(at), { key, closedAts: [], live: { incidentId: 'inc-p', openedAt: t } });
  expect(await investigate.run(w.world, { incidentId: 'inc-1' })).toMatchObject({ next: 'end' });
  expect((await rows.incident.get(w.store, 'inc-1'))?.value).toMatchObject({ phase: 'closed', question: { state: 'withdrawn' } });
  expect((await rows.outbox.list(w.store, 'outbox')).map((r) => r.value.incidentId)).toEqual(['inc-1']);
});
