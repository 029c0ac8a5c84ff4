import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
import { story } from './story.ts';
const all = templateOfAll();
const [from, n] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 20)];
await play(draw(from), all);
const c0 = process.cpuUsage();
const t0 = performance.now();
let bad = 0;
const laws: Record<string, number> = {};
let changes = 0,
  clicks = 0;
const causes: Record<string, number> = {};
const steps: Record<string, number> = {};
for (let s = from; s < from + n; s++) {
  const t = performance.now();
  try {
    const { world, breaches } = await play(draw(s), all);
    changes += world.witness.changes.size;
    clicks += world.people.clicks.length;
    for (const c of world.witness.changes.values())
      steps[c.plan.fix + ' ' + c.step + (c.approvedBy ? ' asked' : '')] =
        (steps[c.plan.fix + ' ' + c.step + (c.approvedBy ? ' asked' : '')] ?? 0) + 1;
    if (breaches.length) {
      bad++;
      for (const b of breaches) laws[b.law] = (laws[b.law] ?? 0) + 1;
      if (bad <= Number(process.argv[4] ?? 5)) console.log(story(draw(s), breaches));
    }
    if (process.argv[5])
      console.log(
        s,
        Math.round(performance.now() - t),
        ((world.clock.now() - world.startAt) / 60000) | 0,
        world.plan.events
          .filter((e) => e.is === 'break')
          .map((e) => (e as any).what)
          .join(' '),
        world.untold.join(';'),
      );
  } catch (e) {
    bad++;
    console.log('seed', s, 'THREW', String((e as Error).stack).slice(0, 600));
  }
}
const c = process.cpuUsage(c0);
console.log({ bad, laws, changes, clicks, steps, cpuPerWorld: (c.user + c.system) / 1000 / n, wallPerWorld: (performance.now() - t0) / n });
