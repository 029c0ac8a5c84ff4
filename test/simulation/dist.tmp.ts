import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
const rows: [number, string][] = [];
for (let s = 1; s < 20; s++) await play(draw(s), all);
for (let s = 2000; s < 2200; s++) {
  const c0 = process.cpuUsage();
  const { world } = await play(draw(s), all);
  const c = process.cpuUsage(c0);
  const p = world.plan;
  rows.push([
    (c.user + c.system) / 1000,
    `${s} min ${((world.clock.now() - world.startAt) / 60000) | 0} stages ${p.stages} logs ${p.logs} x${p.deliveredTimes} ${p.events
      .filter((e) => e.is === 'break')
      .map((e) => (e as any).what + ':' + (((e as any).untilMs - e.atMs) / 60000).toFixed(1))
      .join(' ')} | ${p.events
      .filter((e) => e.is !== 'break' && e.is !== 'press')
      .map((e) => e.is)
      .join(' ')} rounds ${[...world.witness.incidents.values()].map((i) => i.rounds).join(',')}`,
  ]);
}
rows.sort((a, b) => b[0] - a[0]);
const tot = rows.reduce((s, r) => s + r[0], 0);
let acc = 0;
for (const q of [0.02, 0.05, 0.1, 0.2, 0.5]) {
  const k = Math.round(rows.length * q);
  console.log(
    'top',
    q,
    ((rows.slice(0, k).reduce((s, r) => s + r[0], 0) / tot) * 100).toFixed(0) + '%',
    'median',
    rows[rows.length >> 1]![0].toFixed(0),
  );
}
console.log('mean', (tot / rows.length).toFixed(1));
for (const r of rows.slice(0, 30)) console.log(r[0].toFixed(0), r[1]);
console.log('...');
for (const r of rows.slice(120, 135)) console.log(r[0].toFixed(0), r[1]);
