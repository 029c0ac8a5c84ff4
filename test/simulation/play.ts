// Plays one world: its events in their time, then until all rests.
import { rows } from '../../lib/store/rows.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { ResolvedTemplate } from '../../lib/workflow/template.ts';
import type { Plan } from './events.ts';
import { happen, tell } from './happen.ts';
import { watchLaws, type Breach } from './laws/index.ts';
import { open, type World } from './open.ts';
import { remember } from './past.ts';

const minute = 60_000;
/** A lease of two hours, extended once, asked about, and retried by the sweeper. */
const longestMs = 8 * 60 * minute;

export interface Played {
  readonly world: World;
  readonly breaches: readonly Breach[];
}

export async function play(plan: Plan, all: ResolvedTemplate): Promise<Played> {
  const world = await open(plan, all);
  await remember(world, plan.past ?? []);
  const laws = watchLaws(world);
  const { clock, startAt, calmAt } = world;
  for (const e of plan.events) clock.at(startAt + e.atMs, () => happen(world, e));
  await clock.runUntil(calmAt);
  world.strikes.disarm();
  // an undo may have broken again what the owner had mended before: they mend it again
  clock.at(calmAt + 40 * minute, () => {
    for (const b of world.known.broken.all) {
      b.until = clock.now();
      tell(world, `mending ${b.breaking.id} again`, () => b.breaking.mend(world.shop, b.stage));
    }
  });
  const rested = await untilRest(world);
  return { world, breaches: [...laws.broken, ...(await laws.atTheEnd(rested))] };
}

/** Whether everything rests; a world that is not watched so long is left when nothing is under way, nothing was asked, and nothing leased stands. */
async function untilRest(world: World): Promise<boolean> {
  const { clock, calmAt, plan } = world;
  const last = calmAt + longestMs;
  const left = (): boolean => !plan.rests && nothingOpen(world);
  if (left()) return false;
  const rests = restsSince(world, calmAt);
  let isLeft = false;
  await clock.runUntil(last, () => rests() || (isLeft = left()));
  return !isLeft;
}

const nothingOpen = ({ witness }: World): boolean =>
  ![...witness.changes.values()].some(isOpen) && ![...witness.incidents.values()].some((i) => i.question?.state === 'pending');

const underWay: ReadonlySet<string> = new Set(['planned', 'applying', 'failed', 'undoing']);

/** A lease will end; an undo that was asked for, and whose execution failed, is begun again. */
const goesOn = (c: ChangeRecord): boolean => c.leaseEndsAt !== undefined || c.undoAsked !== undefined;

const isOpen = (c: ChangeRecord): boolean => underWay.has(c.step) || c.step === 'applied' || (goesOn(c) && c.step === 'verified');

/** Nothing runs, nothing is in trouble, no change is under way or leased, and nothing waits to be sent. */
function restsSince(world: World, from: number): () => boolean {
  let checkedAt = from;
  let resting = false;
  const look = async (): Promise<void> => {
    const { store } = world.installed;
    const [live, outbox] = await Promise.all([rows.stage.list(store, 'live'), rows.outbox.list(store, 'outbox')]);
    const still = [...world.witness.changes.values()].some(
      (c) => underWay.has(c.step) || (goesOn(c) && (c.step === 'applied' || c.step === 'verified')),
    );
    resting = live.length === 0 && outbox.length === 0 && !still && !world.installed.busy();
  };
  return () => {
    if (world.clock.now() - checkedAt >= minute) {
      checkedAt = world.clock.now();
      world.clock.start(look);
    }
    return resting;
  };
}
