import { draw } from './draw.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
const all = templateOfAll();
const why: Record<string, number> = {};
for (let s = 3000; s < 3120; s++) {
  const { world } = await play(draw(s), all);
  for (const c of world.witness.changes.values()) {
    const e = c.entries;
    const u = e.find((x) => x.step === 'undoing');
    const f = e.find((x) => x.step === 'failed' || x.step === 'dropped');
    const k = c.plan.fix + ' ' + c.step + (u ? ` by ${u.by.kind}: ` : '') + (f?.why ?? u?.why ?? '').replace(/\d+/g, 'N').slice(0, 150);
    why[k] = (why[k] ?? 0) + 1;
  }
}
for (const [k, n] of Object.entries(why).sort((a, b) => b[1] - a[1])) console.log(n, k);
