import { describe, expect, test } from 'vitest';
import { intake } from '../../lib/stages/intake.ts';
import sweep from '../../lib/stages/sweep.ts';
import { rows } from '../../lib/store/rows.ts';
import { batchEvent, metricAlarm, permissionLines } from '../signals/examples.ts';
import { upkeepWorld } from './upkeep-world.ts';

const startAt = 1_700_000_000_000;
const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000');
const alarm = (at: number, change: Parameters<typeof metricAlarm>[0] = {}) => metricAlarm({ at: iso(at), reasonData: '{}', ...change });
const burst = (from: number) => batchEvent(permissionLines(from, startAt));
async function liveIncident(w: ReturnType<typeof upkeepWorld>) {
  const row = (await rows.stage.get(w.store, 'a1b2c3d4e5/prod'))?.value;
  return row?.live && (await rows.incident.get(w.store, row.live.incidentId))?.value;
}

describe('a crash between any two steps', () => {
  const steps = ['put stage', 'put incident', 'start'];
  const cases = steps.flatMap((step) => (['before', 'after'] as const).map((when) => [when, step] as const));

  test.each(cases)('%s %s is mended by the redelivery of the same event', async (when, step) => {
    const w = upkeepWorld();
    w.crashWhen(when, (what) => what === step);
    await intake(w.world, alarm(startAt)); // a crash is no WorldError: the record goes to the dead-letter queue
    w.calm();
    await intake(w.world, alarm(startAt));
    expect(await standing(w)).toEqual(whole);
  });

  test.each(cases)('%s %s is mended by the next signal within a minute', async (when, step) => {
    const w = upkeepWorld();
    w.crashWhen(when, (what) => what === step);
    await intake(w.world, alarm(startAt));
    w.calm();
    await intake(w.world, burst(1));
    expect(await standing(w)).toEqual(whole);
  });

  test.each(cases.filter(([when, step]) => !(when === 'before' && step === 'put stage')))(
    '%s %s is mended by the sweeper',
    async (when, step) => {
      const w = upkeepWorld();
      w.crashWhen(when, (what) => what === step);
      await intake(w.world, alarm(startAt));
      w.calm();
      w.pass(5 * 60_000);
      await sweep.run(w.world, {});
      expect(await standing(w)).toEqual(whole);
      await sweep.run(w.world, {});
      expect(await standing(w)).toEqual(whole);
    },
  );

  const whole = { phase: 'live', apiType: 'REST', watched: true, incidents: 1, executions: 1, same: true };
  async function standing(w: ReturnType<typeof upkeepWorld>) {
    const incident = await liveIncident(w);
    const incidents = w.store.keys().filter((k) => k.startsWith('incident#')).length;
    return {
      phase: incident?.phase,
      apiType: incident?.at.apiType,
      watched: incident?.watched,
      incidents,
      executions: w.executions.size,
      same: w.executions.has(incident?.id ?? ''),
    };
  }
});
