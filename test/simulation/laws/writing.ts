// What must hold at every write that AWS took: the journal said so before, the locks are held, nothing stood there but what was planned or
// what we wrote, and only that moved.
import type { World } from '../open.ts';
import type { Moved, Write } from '../witness.ts';
import { type Breach, when } from './breach.ts';

export function writing(world: World, write: Write): readonly Breach[] {
  const { changeId, step, process } = write;
  if (changeId === undefined || (step !== 'applying' && step !== 'undoing'))
    return when(true, 'intent-first', `${write.call} was made while the journal said ${step ?? 'nothing'} of ${changeId ?? 'any change'}`);
  const as = step === 'applying' ? 'apply' : 'undo';
  return [
    ...locked(write),
    ...write.moved.flatMap((m) => foreign(world, write, m, as)),
    ...elsewhere(world, write, as),
    ...inOrder(write, as),
    ...when(
      as === 'apply' && world.known.killSwitch.throughout(process.lastWriteAt ?? process.invocation.startedAt, write.at).length > 0,
      'kill-switch',
      `${write.call} of ${changeId} was made while the kill switch was on`,
    ),
  ];
}

function locked({ locks, changeId, at, call }: Write): readonly Breach[] {
  return locks.flatMap(({ key, owner, expiresAt }) =>
    when(
      !owner.startsWith(`${changeId}:`) || expiresAt <= at,
      'locked',
      `${call} of ${changeId} was made while ${owner} held ${key}${expiresAt <= at ? ', for no longer' : ''}`,
    ),
  );
}

/** An owner or a person acted between the process’s last look and now. */
function somebodySet({ known }: World, { readAt: since, at }: Pick<Write, 'readAt' | 'at'>): boolean {
  return (
    [...known.byHand, ...known.meanwhile].some((h) => isIn(h.at, since, at)) ||
    known.broken.all.some((b) => isIn(b.from, since, at) || isIn(b.until, since, at))
  );
}

const isIn = (at: number, from: number, until: number): boolean => at >= from && at <= until;

/** A value that is neither the plan's nor ours is never written over, beyond the window that the setting's own words leave open. */
function foreign(world: World, write: Write, { move, was, is }: Moved, as: 'apply' | 'undo'): readonly Breach[] {
  const { call, changeId } = write;
  const [start, goal] = as === 'apply' ? [move.from, move.to] : [move.to, move.from];
  const { same, race } = move.setting;
  const inTheGap = somebodySet(world, write);
  const documented = inTheGap && !race.startsWith('none');
  return [
    ...when(
      !same(was, start) && !documented,
      'nothing-overwritten',
      `${call} of ${changeId} wrote over ${JSON.stringify(was)} instead of ${JSON.stringify(start)}`,
    ),
    ...when(
      !same(is, goal) && !inTheGap,
      'as-planned',
      `${call} of ${changeId} wrote ${JSON.stringify(is)} instead of ${JSON.stringify(goal)}`,
    ),
  ];
}

/** An apply moves what is planned and one thing at a time; an undo moves nothing that its apply did not. */
function elsewhere(world: World, write: Write, as: 'apply' | 'undo'): readonly Breach[] {
  const { call, changeId, moved, elsewhere: paths } = write;
  if (as === 'apply')
    return when(
      moved.length === 0 && paths.length > 0 && !somebodySet(world, write),
      'as-planned',
      `${call} of ${changeId} moved ${paths.join(', ')}`,
    );
  const applied = world.witness.writes.filter((w) => w.changeId === changeId && w.step === 'applying');
  const ours = new Set(applied.flatMap((w) => w.elsewhere));
  // somebody set the very goal while our own write of it was on its way: that moved nothing, and is ours all the same
  const unseen = ours.size === 0 && (world.witness.changes.get(changeId ?? '')?.sent?.changes.length ?? 0) > 0;
  // somebody's value was overrun in the window that the setting's own words leave open: what goes back is what was planned, not theirs
  const overran = applied.some((w) => somebodySet(world, w) && w.moved.some((m) => !m.move.setting.same(m.was, m.move.from)));
  // a limit that somebody took away stands for the service's own: with its numbers the limit itself comes back
  const isOurs = (path: string): boolean => ours.has(path) || [...ours].some((one) => one.startsWith(`${path}/`));
  const more = unseen || overran ? [] : paths.filter((p) => !isOurs(p));
  return when(more.length > 0, 'undo-is-exact', `${call} of ${changeId} took back ${more.join(', ')}, which it never wrote`);
}

function inOrder({ process, moved, call, changeId }: Write, as: 'apply' | 'undo'): readonly Breach[] {
  const before = process.writes.flatMap((w) => (w.changeId === changeId ? w.moved.map((m) => m.n) : []));
  const last = before.at(-1);
  const now = moved[0]?.n;
  if (last === undefined || now === undefined) return [];
  return when(as === 'apply' ? now < last : now > last, 'in-order', `${call} of ${changeId} came to change ${now} after ${last}`);
}
