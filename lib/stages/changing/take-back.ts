// Undo, whoever asks for it: a proof that failed, a person, the end of a lease, the sweeper. The values that are still ours go back,
// last first; a value somebody else wrote since is told, never written over. The kill switch does not stop it.
import type { CallName } from '../../aws/calls.ts';
import { advance, amend, mustRead } from '../../journal/journal.ts';
import { mayFollow } from '../../journal/table.ts';
import { lockAll, lockLeaseMs, unlockAll, type Held } from '../../journal/lock.ts';
import type { Actor, ChangeRecord } from '../../model/change.ts';
import { WorldError, type World } from '../../world.ts';
import { barredOrSent, wasBarred, wasSent } from './in-time.ts';
import { illegible, inRow } from './legible.ts';
import { madeAgain } from './made-again.ts';
import { note, stands } from './incident-row.ts';
import { byHand, lockKeys, moveOf, says, shift, shown, transient, type Move, type Moved } from './moves.ts';

/** `refused`: it stands at a step from which nothing is taken back; `later`: it comes again by itself. */
export type TakenBack = 'undone' | 'kept' | 'stuck' | 'drift' | 'later' | 'refused';

/** Tries of an undo that meets a world that is down, a minute and more apart, before it calls a person. */
const mostTries = 5;
const nextTryMs = 2 * 60_000;

/** Takes a change back. `name`: the execution it runs in, so that the same one run twice is one undo. */
export async function takeBack(world: World<CallName>, record: ChangeRecord, by: Actor, why: string, name: string): Promise<TakenBack> {
  const odd = illegible(record.plan);
  if (odd !== undefined) return await unreadable(world, record, { by, why, name }, odd);
  // by its name: a run after a crash comes back to its own lock, another undo of the same change waits for it
  const held = await lockAll(world, lockKeys(record.plan), `${record.id}:undo:${name}`);
  if ('busy' in held) {
    await later(world, record, by, `${name}-busy`, Math.max(held.busy.expiresAt, world.now() + lockLeaseMs));
    return 'later';
  }
  try {
    // read again under the lock: another undo, or a person's Keep, may have come first
    const now = await mustRead(world, record.id);
    if (now.step === 'undone') return 'undone';
    if (now.step !== 'undoing' && !mayFollow(now.step, 'undoing')) return 'refused';
    const who = begunBy(now) ?? by;
    await advance(world, record.id, 'undoing', who, why, { undoName: name });
    return await putBack(world, now, who, held.locks);
  } finally {
    await unlockAll(world, held.locks);
  }
}

interface Order {
  readonly by: Actor;
  readonly why: string;
  readonly name: string;
}
/** What this version cannot read it cannot take back: a person's Undo is refused, anybody else's order calls a person. Nothing is written. */
async function unreadable(world: World<CallName>, record: ChangeRecord, { by, why, name }: Order, odd: string): Promise<TakenBack> {
  const says = `this version cannot read the change: ${odd}; in its row stands: ${inRow(record.plan)}`;
  world.log('change-unreadable', { changeId: record.id, why: odd });
  if (by.kind === 'person' || !(record.step === 'undoing' || mayFollow(record.step, 'undoing'))) {
    await note(world, record.incidentId, `not-undone:${name}`, `nothing was taken back: ${says}`);
    return 'refused';
  }
  await advance(world, record.id, 'undoing', by, why, { undoName: name });
  await stands(world, record.incidentId, 'failed', `stuck:${record.id}`, `a person is needed: ${says}`);
  await advance(world, record.id, 'stuck', by, says);
  return 'stuck';
}

/** An undo under way stays whose it was: that a person wanted it decides what is done unasked afterwards. */
const begunBy = (record: ChangeRecord): Actor | undefined =>
  record.step === 'undoing' ? record.entries.findLast((e) => e.step === 'undoing')?.by : undefined;

/**
 * A write may reach AWS as long as the process lives that began it, which its lock outlasts; reads follow within seconds (test suites against
 * AWS ask for up to twenty: fixes.md §1).
 */
const readsLagMs = lockLeaseMs + 20_000;

/** What was written just now may not be seen yet: a value that seems never to have moved proves nothing. */
const mayLag = ({ sent }: ChangeRecord, now: number): boolean => sent?.as === 'apply' && now - sent.at < readsLagMs;

interface Tried {
  readonly move: Move;
  readonly done: Moved;
}

/** What can be taken back of it, and is ours: a write of it was sent, and no later change made it again. */
const oursOf = (record: ChangeRecord, again: ReadonlySet<number>): readonly { readonly move: Move; readonly n: number }[] =>
  record.plan.changes
    .map((change, n) => ({ move: moveOf(change), n }))
    .filter(({ move, n }) => move.setting.oneWay === undefined && wasSent(record, n) && !again.has(n));

async function putBack(world: World<CallName>, record: ChangeRecord, by: Actor, locks: readonly Held[]): Promise<TakenBack> {
  // nothing of it can be taken back: what may have happened stands, and is told
  if (record.plan.changes.every((c) => moveOf(c).setting.oneWay !== undefined)) return await stays(world, record, by);
  const again = await madeAgain(world, record);
  const tried: Tried[] = [];
  for (const { move, n } of oursOf(record, again).toReversed())
    tried.push({ move, done: await shift(world.aws, move, 'undo', () => barredOrSent(world, record.id, { n, as: 'undo' }, locks)) });
  const left = tried.filter(({ done }) => done.is !== 'there');
  if (left.length === 0) {
    const unseen = mayLag(record, world.now()) && tried.some(({ done }) => done.is === 'there' && !done.wrote);
    if (unseen) await later(world, record, by, `look-again-${record.id}`, world.now() + nextTryMs);
    return unseen ? 'later' : await undone(world, record, by, again);
  }
  const passing = left.every(({ done }) => done.is === 'failed' && (transient(done.error) || wasBarred(done.error)));
  if (passing && (await countTry(world, record)) < mostTries) {
    await later(world, record, by, `retry-${record.id}-${(await mustRead(world, record.id)).undoTries ?? 0}`, world.now() + nextTryMs);
    return 'later';
  }
  return await stuck(world, record, by, left);
}

const countTry = async (world: World<CallName>, record: ChangeRecord): Promise<number> =>
  (await amend(world, record.id, (r) => ({ undoTries: (r.undoTries ?? 0) + 1 }))).undoTries ?? 0;

async function stays(world: World<CallName>, record: ChangeRecord, by: Actor): Promise<TakenBack> {
  const why = `it cannot be taken back: ${(record.plan.oneWay ?? []).join('; ')}`;
  await note(world, record.incidentId, `stays:${record.id}`, `${why} (${record.plan.preview.join('; ')})`);
  await advance(world, record.id, 'kept', by, why);
  return 'kept';
}

async function undone(world: World<CallName>, record: ChangeRecord, by: Actor, again: ReadonlySet<number>): Promise<TakenBack> {
  const who = by.kind === 'person' ? `by ${by.name ?? by.id}` : by.kind === 'lease' ? 'its time is over' : 'by Gatemedic';
  const back = oursOf(record, again);
  const others = again.size === 0 ? '' : '; what stands there was made again since, and is taken back by the Undo of that change alone';
  const rest = record.plan.oneWay ? `; what cannot be taken back stays: ${record.plan.oneWay.join('; ')}` : '';
  const says = `taken back (${who}): ${back.map(({ move }) => shown(move, 'undo')).join('; ') || (again.size > 0 ? 'nothing of it was left' : 'nothing of it had been written')}${rest}${others}`;
  if (by.kind === 'person') await stands(world, record.incidentId, 'undone', `undone:${record.id}`, says);
  else await note(world, record.incidentId, `undone:${record.id}`, says);
  // the incident first, the journal last: a crash in between comes here again, because the journal still says undoing
  await advance(world, record.id, 'undone', by);
  return 'undone';
}

/** Exactly what should stand where, what stands there, and the command: a person goes on from here. */
async function stuck(world: World<CallName>, record: ChangeRecord, by: Actor, left: readonly Tried[]): Promise<TakenBack> {
  const each = left.map(
    ({ move, done }) =>
      `${shown(move, 'undo')} was not done: ${done.is === 'failed' ? says(done.error) : done.is === 'drift' ? `somebody else changed it to ${JSON.stringify(done.found)}` : ''}; by hand: ${byHand(move, 'undo')}`,
  );
  const why = each.join(' · ');
  await stands(world, record.incidentId, 'failed', `stuck:${record.id}`, `a person is needed: ${why}`);
  await advance(world, record.id, 'stuck', by, why);
  return left.every(({ done }) => done.is === 'drift') ? 'drift' : 'stuck';
}

/** Comes back by itself; when the scheduler refuses too, the sweeper finds the change that stands at undoing. */
async function later(world: World<CallName>, record: ChangeRecord, by: Actor, name: string, atMs: number): Promise<void> {
  const why = by.kind === 'person' || by.kind === 'lease' ? by.kind : 'sweeper';
  await note(world, record.incidentId, `later:${name}`, 'it could not be taken back just now; it is tried again in a few minutes');
  try {
    await world.workflow.scheduleUndo(
      {
        name: name.slice(-64),
        changeId: record.id,
        why,
        ...(by.kind === 'person' ? { by: { id: by.id, ...(by.name === undefined ? {} : { name: by.name }) } } : {}),
      },
      atMs,
    );
  } catch (error) {
    if (!(error instanceof WorldError)) throw error; // a bug: crash and alarm
    world.log('undo-not-scheduled', { changeId: record.id, error: error.message });
  }
}
