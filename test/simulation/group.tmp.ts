import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
for (let s = 1; s < 150; s++) await play(draw(s), all);
const g: Record<string, [number, number, number]> = {};
const add = (k: string, ms: number, r: number) => {
  const x = (g[k] ??= [0, 0, 0]);
  x[0]++;
  x[1] += ms;
  x[2] += r;
};
for (let s = 3000; s < 3400; s++) {
  const c0 = process.cpuUsage();
  const { world } = await play(draw(s), all);
  const c = process.cpuUsage(c0);
  const ms = (c.user + c.system) / 1000;
  const p = world.plan;
  const br = p.events.filter((e) => e.is === 'break');
  const r = [...world.witness.incidents.values()].reduce((a, i) => a + i.rounds, 0);
  add('all', ms, r);
  add('breaks ' + br.length, ms, r);
  add('logs ' + p.logs, ms, r);
  add('stages ' + p.stages, ms, r);
  add('x' + p.deliveredTimes, ms, r);
  if (br.length === 1) {
    const w = (br[0] as any).what;
    add(
      '1: ' +
        (['permission-removed-by-deploy', 'permission-removed-on-purpose', 'removed-on-purpose-trail-late'].includes(w) ? w : 'other') +
        ' logs ' +
        p.logs,
      ms,
      r,
    );
  }
  add('fixed ' + [...world.witness.changes.values()].some((c) => c.step === 'verified'), ms, r);
}
for (const [k, [n, ms, r]] of Object.entries(g).sort())
  console.log(k.padEnd(60), n, (ms / n).toFixed(1), 'rounds', (r / n).toFixed(1), 'per round', (ms / r).toFixed(1));
