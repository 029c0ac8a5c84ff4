import { describe, expect, test } from 'vitest';
import { intake } from '../../lib/stages/intake.ts';
import { outageNow, parentOf, withMembers } from '../../lib/stages/opening/outage.ts';
import sweep from '../../lib/stages/sweep.ts';
import { rows } from '../../lib/store/rows.ts';
import { metricAlarm } from '../signals/examples.ts';
import { upkeepWorld } from './upkeep-world.ts';

const startAt = 1_700_000_000_000;
const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000');
const alarm = (at: number, change: Parameters<typeof metricAlarm>[0] = {}) => metricAlarm({ at: iso(at), reasonData: '{}', ...change });
async function liveIncident(w: ReturnType<typeof upkeepWorld>, key: string) {
  const row = (await rows.stage.get(w.store, key))?.value;
  return row?.live && (await rows.incident.get(w.store, row.live.incidentId))?.value;
}

describe('an outage', () => {
  const stages = Array.from({ length: 30 }, (_, n) => ({
    apiType: 'REST' as const,
    apiId: `api${String(n).padStart(7, '0')}`,
    apiName: `api${n}`,
    stage: 'prod',
  }));
  const failing = (n: number, at = startAt) => alarm(at, { name: `a${n}`, dimensions: { ApiName: `api${n}`, Stage: 'prod' } });

  test('more stages than allowed at once are one parent; earlier ones join it', async () => {
    const w = upkeepWorld({ installation: { stages } });
    for (let n = 0; n < 30; n++) await intake(w.world, failing(n));
    const outage = await outageNow(w.world);
    expect(outage?.stages).toHaveLength(30);
    const parent = (await rows.incident.get(w.store, outage?.parentId ?? ''))?.value;
    expect(parent).toMatchObject({ at: { apiId: '*', stage: '*' }, phase: 'live', watched: false });
    expect(parent?.outageOf?.length).toBeGreaterThanOrEqual(11);
    w.pass(60_000);
    await intake(w.world, failing(3, startAt + 60_000));
    const later = (await rows.incident.get(w.store, outage?.parentId ?? ''))?.value;
    expect(later).toMatchObject({ lastFailureAt: startAt + 60_000 });
    expect(later && (await withMembers(w.world, later)).outageOf).toHaveLength(30);
    expect((await rows.incident.get(w.store, outage?.parentId ?? ''))?.value.outageOf).toHaveLength(30);
    // ten singles, which end silently, and the parent
    expect(w.executions.size).toBe(11);
    const first =
      w.store
        .keys()
        .filter((k) => k.startsWith('incident#'))[0]
        ?.slice('incident#'.length) ?? '';
    const single = (await rows.incident.get(w.store, first))?.value;
    expect(single && (await parentOf(w.world, single))).toBe(outage?.parentId);
    expect(parent && (await parentOf(w.world, parent))).toBeUndefined();
  });

  test('a stage with a change under way keeps its own incident', async () => {
    const w = upkeepWorld({ installation: { stages } });
    await intake(w.world, failing(0));
    const own = await liveIncident(w, 'api0000000/prod');
    await rows.incident.update(w.store, own?.id ?? '', (i) => ({ ...i, changes: ['chg-1'] }));
    for (let n = 1; n < 20; n++) await intake(w.world, failing(n));
    expect((await outageNow(w.world))?.stages).toHaveLength(19);
    expect((await liveIncident(w, 'api0000000/prod'))?.id).toBe(own?.id);
  });

  test('stages that fail one after the other over hours are no outage', async () => {
    const w = upkeepWorld({ installation: { stages } });
    for (let n = 0; n < 30; n++) {
      await intake(w.world, failing(n, startAt + n * 60_000));
      w.pass(60_000);
    }
    expect(await outageNow(w.world)).toBeUndefined();
    expect(w.executions.size).toBe(30);
  });

  test('stages that opened in the same instant are joined by the sweeper', async () => {
    const w = upkeepWorld({ installation: { stages } });
    const late = { ...w.world, store: { ...w.world.store, list: async () => [] } };
    for (let n = 0; n < 30; n++) await intake(late, failing(n));
    expect(await outageNow(w.world)).toBeUndefined();
    w.pass(60_000);
    await sweep.run(w.world, {});
    const outage = await outageNow(w.world);
    expect(outage?.stages).toHaveLength(30);
    expect(w.executions.has(outage?.parentId ?? '')).toBe(true);
  });

  test.each(['put stage', 'put incident', 'start'])('a crash at each "%s" on the way is mended', async (step) => {
    for (const when of ['before', 'after'] as const)
      for (let at = 0; at < 14; at++) {
        const w = upkeepWorld({ installation: { stages } });
        for (let n = 0; n < 10; n++) await intake(w.world, failing(n));
        let n = 0;
        w.crashWhen(when, (what) => what === step && n++ === at);
        await intake(w.world, failing(10));
        w.calm();
        await intake(w.world, failing(10));
        w.pass(60_000);
        await sweep.run(w.world, {});
        await sweep.run(w.world, {});
        const outage = await outageNow(w.world);
        expect(outage?.stages, `${when} ${step} ${at}`).toHaveLength(11);
        expect(w.executions.has(outage?.parentId ?? ''), `${when} ${step} ${at}`).toBe(true);
        expect(w.executions.size, `${when} ${step} ${at}`).toBeLessThanOrEqual(12);
      }
  });
});

describe('a storm', () => {
  test('100 stages × 1,000 signals, grouping off: 100 executions, 100 incidents', async () => {
    const stages = Array.from({ length: 100 }, (_, n) => ({
      apiType: 'REST' as const,
      apiId: `api${String(n).padStart(7, '0')}`,
      apiName: `api${n}`,
      stage: 'prod',
    }));
    const w = upkeepWorld({ installation: { stages, outage: { stages: 1e9, withinMs: 300_000 } } });
    const minutes = 5;
    for (let round = 0; round < 1000; round++) {
      if (round % 200 === 199) w.pass(60_000);
      await Promise.all(
        stages.map((s) => intake(w.world, alarm(startAt + round, { name: s.apiName, dimensions: { ApiName: s.apiName, Stage: 'prod' } }))),
      );
    }
    expect(w.executions.size).toBe(100);
    expect(w.store.keys().filter((k) => k.startsWith('incident#'))).toHaveLength(100);
    expect(w.calls).toEqual([]);
    // two to open each, then at most one a minute each
    expect(w.counts.puts).toBeLessThanOrEqual(100 * (2 + 1 + minutes));
    expect(w.counts.starts).toBeLessThanOrEqual(100 * (1 + 1 + minutes));
    expect(w.counts.gets / 100_000).toBeLessThan(2.5);
  });
});
