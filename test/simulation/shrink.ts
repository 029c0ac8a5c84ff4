// Makes a failing world short: takes away events, what its owner set and what was before, one after the other, as long as the same law still breaks.
import type { Breach } from './laws/index.ts';
import type { Plan } from './events.ts';

export type Plays = (plan: Plan) => Promise<readonly Breach[]>;

/** Simpler worlds than this one, the simplest first. */
function* simpler(plan: Plan): Generator<Plan> {
  const { events } = plan;
  for (let size = Math.ceil(events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < events.length; from += size)
      yield { ...plan, events: [...events.slice(0, from), ...events.slice(from + size)] };
  for (const key of Object.keys(plan.owner) as (keyof Plan['owner'])[]) {
    const { [key]: _, ...owner } = plan.owner;
    yield { ...plan, owner };
  }
  const { past = [], firstFix, ...rest } = plan;
  if (firstFix !== undefined) yield { ...rest, past };
  for (const n of past.keys()) yield { ...plan, past: past.toSpliced(n, 1) };
  if (plan.deliveredTimes > 1) yield { ...plan, deliveredTimes: 1 };
  for (const [n, e] of events.entries())
    if (e.is === 'press') {
      const { atMs, is, who, act, pick } = e;
      if (e.old ?? e.twiceMs ?? e.with ?? e.forged) yield { ...plan, events: events.with(n, { atMs, is, who, act, pick }) };
    }
}

/** The shortest story found within so many tries. */
export async function shrink(plan: Plan, plays: Plays, law: string, tries = 400): Promise<Plan> {
  let best = plan;
  let left = tries;
  for (let again = true; again && left > 0;) {
    again = false;
    for (const next of simpler(best)) {
      if (left-- <= 0) break;
      if (!(await fails(next, plays, law))) continue;
      best = next;
      again = true;
      break;
    }
  }
  return best;
}

/** A world that cannot be played at all is not a shorter story. */
async function fails(plan: Plan, plays: Plays, law: string): Promise<boolean> {
  const breaches = await plays(plan).catch(() => []);
  return breaches.some((b) => b.law === law);
}
