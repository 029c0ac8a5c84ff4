import { draw } from './draw.ts';
import { play } from './play.ts';
import { open } from './open.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
async function time(name: string, f: (s: number) => Promise<unknown>, n = 100) {
  for (let s = 0; s < 20; s++) await f(s);
  const c0 = process.cpuUsage();
  for (let s = 0; s < n; s++) await f(1000 + s);
  const c = process.cpuUsage(c0);
  console.log(name, ((c.user + c.system) / 1000 / n).toFixed(1));
}
const bare = (s: number) => ({ ...draw(s), owner: {}, events: [], stages: 1, deliveredTimes: 1 });
const b =
  (what: string, m: number, extra: any[] = []) =>
  (s: number) =>
    play({ ...bare(s), events: [{ atMs: 1000 * (s % 60), is: 'break', what, stage: 0, untilMs: m * 60000 }, ...extra] } as any, all);
await time('deploy 4', b('permission-removed-by-deploy', 4), 300);
