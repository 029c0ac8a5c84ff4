import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
const s = Number(process.argv[2]);
for (let i = 0; i < 5; i++) await play(draw(s), all);
const c0 = process.cpuUsage();
const n = Number(process.argv[3] ?? 60);
let w;
for (let i = 0; i < n; i++) w = (await play(draw(s), all)).world;
const c = process.cpuUsage(c0);
console.log('per world', ((c.user + c.system) / 1000 / n).toFixed(1));
console.log(
  [...w!.shop.account.wire].map(([k, v]) => k + ':' + v).join(' '),
  'deliveries',
  w!.installed.deliveries(),
  'execs',
  w!.installed.machines.list().length,
  'slack calls',
  w!.slack.calls,
);
