// An Undo execution: a person's click, the end of a lease, or the sweeper. Says no clearly where there is nothing to undo, keeps
// what traffic relies on unless a person says otherwise, and looks at use before a lease ends.
import type { CallName } from '../../aws/calls.ts';
import { advance, mustRead } from '../../journal/journal.ts';
import type { Actor, ChangeRecord, Step } from '../../model/change.ts';
import { asObject, asText } from '../../model/json.ts';
import { rows, type Odd } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { note } from './incident-row.ts';
import { illegible } from './legible.ts';
import { endOfLease } from './lease.ts';
import { moveOf, read, used } from './moves.ts';
import { wholeMinuteBefore } from './proof-time.ts';
import type { CarryOutInput, Undone } from '../stage.ts';
import { takeBack } from './take-back.ts';

type UndoOrder = Extract<CarryOutInput, { do: 'undo' }>;
type End = Undone['end'];

export async function undo(world: World<CallName>, order: UndoOrder): Promise<Undone> {
  const found = await rows.change.find(world.store, order.changeId);
  if (found && !found.ok) return await refuse(world, order, found.error);
  const record = found?.value.value ?? (await mustRead(world, order.changeId));
  return { changeId: record.id, incidentId: record.incidentId, end: await settle(world, record, order) };
}

/** A row of another shape is neither moved nor guessed at; the sweeper tells a person of it each day. */
async function refuse(world: World<CallName>, order: UndoOrder, { key, why, value }: Odd): Promise<Undone> {
  const incidentId = asText(asObject(value)?.['incidentId']) ?? '';
  world.log('change-unreadable', { key, why });
  await note(
    world,
    incidentId,
    `not-undone:${order.name}`,
    `nothing was taken back: this version cannot read the row of ${order.changeId} (${why})`,
  );
  return { changeId: order.changeId, incidentId, end: 'refused' };
}

async function settle(world: World<CallName>, record: ChangeRecord, order: UndoOrder): Promise<End> {
  if (record.step === 'undone' && record.undoName === order.name) return 'undone'; // the same execution, run again after a crash
  const no = refusalOf(record, order, world.now());
  if (no !== undefined) {
    await note(world, record.incidentId, `not-undone:${order.name}`, `nothing was taken back: ${no}`);
    return record.step === 'kept' && order.why !== 'person' ? 'kept' : 'refused';
  }
  if (record.step !== 'undoing' && illegible(record.plan) === undefined) {
    if (order.why === 'lease') {
      const lease = await endOfLease(world, record);
      return typeof lease === 'string' ? lease : await end(world, record, order, lease.over);
    }
    if (order.why === 'sweeper' && (await isMade(world, record)) && (await reliedOn(world, record))) return await keep(world, record);
  }
  return await end(world, record, order, reasons[order.why]);
}
const reasons = { person: 'a person pressed Undo', lease: 'the lease is over', sweeper: 'whoever carried it out did not finish' } as const;

async function end(world: World<CallName>, record: ChangeRecord, order: UndoOrder, why: string): Promise<End> {
  const done = await takeBack(world, record, actorOf(order), why, order.name);
  return done === 'later' ? 'refused' : done;
}

const actorOf = ({ why, by }: UndoOrder): Actor =>
  why === 'person' ? { kind: 'person', id: by?.id ?? 'unknown', ...(by?.name === undefined ? {} : { name: by.name }) } : { kind: why };

const nothing: Partial<Record<Step, string>> = {
  planned: 'the change was not carried out',
  dropped: 'the change was never carried out',
  kept: 'the change was kept for good',
  stuck: 'an undo of it got stuck; a person has to finish it by hand',
  settled: 'a person settled it by hand',
};

/** Why an undo is refused; undefined when it may go on. */
function refusalOf(record: ChangeRecord, order: UndoOrder, now: number): string | undefined {
  if (record.step === 'undone')
    return `the change was taken back already${order.why === 'person' ? '; an undo cannot be undone: the fix is planned anew if it is needed' : ''}`;
  const none = nothing[record.step];
  if (none !== undefined) return none;
  if (order.why === 'person' && record.step !== 'undoing' && record.undoUntilAt !== undefined && now > record.undoUntilAt)
    return 'the time to undo it is over';
  if (order.why === 'lease' && record.leaseEndsAt === undefined) return 'the change has no lease';
  return undefined;
}

/**
 * Whether traffic relies on it: seen by the proof, or by metrics since it was made. Where that cannot be read, it counts as relied
 * on: taking a permission from under live traffic is worse than leaving one too many and saying so.
 */
async function reliedOn(world: World<CallName>, record: ChangeRecord): Promise<boolean> {
  const moves = record.plan.changes.map(moveOf).filter((m) => m.setting.keptWhenUsed);
  if (moves.length === 0) return false;
  if (record.reliedOn) return true;
  const since = record.appliedAt ?? record.entries.find((e) => e.step === 'applying')?.at ?? world.now();
  const window = { from: wholeMinuteBefore(since), to: world.now() };
  const each = await Promise.all(moves.map((m) => used(world.aws, m, window)));
  return each.some((one) => one !== false);
}

/** Made, whatever a crash let the journal say of it: every value stands where it was to go. */
async function isMade(world: World<CallName>, record: ChangeRecord): Promise<boolean> {
  if (record.step !== 'applying') return record.step === 'applied';
  for (const move of record.plan.changes.map(moveOf)) {
    const now = await read(world.aws, move);
    if (!now.ok || !move.setting.same(now.value.value, move.to)) return false;
  }
  return true;
}

async function keep(world: World<CallName>, record: ChangeRecord): Promise<End> {
  await advance(world, record.id, 'applied', { kind: 'sweeper' }, 'it was made, and whoever made it crashed before saying so');
  await note(world, record.incidentId, `kept:${record.id}`, 'kept unproven: requests go through it, so only a person takes it away');
  await advance(world, record.id, 'kept', { kind: 'sweeper' }, 'requests succeed through it; only a person takes it away');
  return 'kept';
}
