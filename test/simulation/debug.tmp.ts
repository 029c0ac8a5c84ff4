import { draw } from './draw.ts';
import { open } from './open.ts';
import { happen } from './happen.ts';
import { watchLaws } from './laws/index.ts';
import { shrink } from './shrink.ts';
import { play } from './play.ts';
import { templateOfAll } from './shop.ts';
import { story } from './story.ts';
const all = templateOfAll();
const seed = Number(process.argv[2]);
const mins = Number(process.argv[3] ?? 60);
const edges = (process.argv[4] ?? 'aws,store,workflow').split(',');
let p = draw(seed);
if (process.argv[5]) p = await shrink(p, async (q) => (await play(q, all)).breaches, process.argv[5], 150);
console.log(story(p, []));
const w: any = await open(p, all);
const laws = watchLaws(w);
const s = w.strikes;
const orig = s.around.bind(s);
const t = () => {
  const ms = w.clock.now() - w.startAt;
  return `${Math.floor(ms / 60000)}:${((ms % 60000) / 1000).toFixed(2).padStart(5, '0')}`;
};
let ids = new Map();
s.around = async (inv: any, call: any, work: any) => {
  if (!ids.has(inv)) {
    ids.set(inv, ids.size);
    if (inv.duty !== 'intake') console.log(t(), `#${ids.size - 1} ${inv.duty}`, JSON.stringify(inv.payload).slice(0, 160));
  }
  const n = ids.get(inv);
  const show =
    call.edge === 'aws'
      ? /Add|Remove|Put|Delete|Update|Create|Publish/.test(call.name)
      : call.edge === 'store'
        ? /put/.test(call.name) && /change#|lock#(?!card)/.test(call.input[0].key)
        : call.edge === 'workflow';
  try {
    const a = await orig(inv, call, work);
    if (show && edges.includes(call.edge))
      console.log(
        t(),
        `  #${n} ${call.edge} ${call.name}`,
        call.edge === 'store'
          ? call.input[0].key + ' ' + (call.input[0].value.step ?? call.input[0].value.owner) + ' ' + JSON.stringify(a)
          : JSON.stringify(call.input).slice(0, 150) + ' → ' + JSON.stringify(a).slice(0, 120),
      );
    return a;
  } catch (e) {
    console.log(t(), `  #${n} ${call.edge} ${call.name} THREW`, String(e).slice(0, 120));
    throw e;
  }
};
for (const e of p.events)
  w.clock.at(w.startAt + e.atMs, () => {
    console.log(t(), 'EVENT', JSON.stringify(e));
    happen(w, e as any);
  });
let seen = 0;
const check = () => {
  while (laws.broken.length > seen) console.log(t(), '✗', laws.broken[seen]!.law, laws.broken[seen++]!.says);
  w.clock.after(1000, check);
};
check();
await w.clock.runUntil(w.calmAt);
s.disarm();
await w.clock.runUntil(w.startAt + mins * 60000);
for (const b of await laws.atTheEnd()) console.log('✗ end', b.law, b.says);
for (const c of w.witness.changes.values())
  console.log(
    c.id,
    c.plan.fix,
    c.plan.preview.join('; '),
    JSON.stringify(c.entries.map((e: any) => [e.step, ((e.at - w.startAt) / 60000).toFixed(2), e.by.kind, e.why])),
  );
for (const i of w.witness.incidents.values())
  console.log(
    i.id,
    i.phase,
    i.outcome,
    i.diagnosis?.cause,
    JSON.stringify(i.decision?.because),
    JSON.stringify(i.notes.map((n: any) => n.says.slice(0, 100))),
  );
