// A stage whose executions break off one after the other (a role that was denied something): tried again at once, then rested,
// longer each time and never for good.
import { expect, test } from 'vitest';
import type { Signal } from '../../lib/model/signal.ts';
import { open } from '../../lib/stages/opening/open.ts';
import sweep from '../../lib/stages/sweep.ts';
import { rows } from '../../lib/store/rows.ts';
import { at, key, t } from './upkeep-rows.ts';
import { upkeepWorld } from './upkeep-world.ts';

const minute = 60_000;
const signal = (n: number, lastAt: number): Signal => ({
  key: `s${n}`,
  from: 'log',
  state: 'bad',
  subject: { by: 'stage', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' },
  firstAt: lastAt,
  lastAt,
  failures: 1,
  lines: [],
  source: 'test',
});

test('a day of failures opens a few dozen incidents, not one a signal', async () => {
  const w = upkeepWorld({ startAt: t });
  const opened: number[] = [];
  for (let n = 0; n < 24 * 60; n++) {
    w.pass(minute);
    if ((await open(w.world, at, signal(n, w.world.now()))) === 'opened') opened.push(n);
    const live = (await rows.stage.get(w.store, key))?.value.live;
    if (!live) continue;
    w.executions.set(live.incidentId, 'ended');
    await sweep.run(w.world, { 'detail-type': 'Step Functions Execution Status Change', detail: { name: live.incidentId } });
  }
  expect(opened.slice(0, 6)).toEqual([0, 1, 6, 16, 36, 76]);
  expect(opened.length).toBeLessThan(30);
  expect(opened.at(-1)).toBeGreaterThan(23 * 60 - 61);
});
