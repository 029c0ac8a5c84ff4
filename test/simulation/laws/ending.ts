// What must hold of every change once its world has come to rest.
import { lockLeaseMs } from '../../../lib/journal/lock.ts';
import { replay } from '../../../lib/journal/table.ts';
import type { ChangeRecord, JournalEntry } from '../../../lib/model/change.ts';
import type { Incident } from '../../../lib/model/incident.ts';
import { lockKeys, moveOf, read } from '../../../lib/stages/changing/moves.ts';
import type { World } from '../open.ts';
import { type Breach, when } from './breach.ts';
import { mayRunUnasked } from './consent.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Retries of a lease's end that meets a world that is down, and the sweeper's rounds. */
const lateMs = 75 * minute;

export async function ending(world: World): Promise<readonly Breach[]> {
  const changes = [...world.witness.changes.values()];
  const stands = await Promise.all(changes.map((c) => standsAsTold(world, c, changes)));
  return [
    ...changes.flatMap((c) => [planned(world, c), ends(world, c), journal(c), people(world, c), lease(world, c), relied(c)].flat()),
    ...stands.flat(),
    ...together(changes),
    ...[...world.witness.incidents.values()].flatMap(forGood),
    ...world.witness.denied.flatMap((what) => when(true, 'roles-suffice', `a role refused ${what}`)),
  ];
}

/** What nobody approved is not even decided where somebody has to: a change that is planned and dropped again and again is one, too. */
function planned({ installed: { installation } }: World, c: ChangeRecord): readonly Breach[] {
  const allowed = c.approvedBy !== undefined || (installation.mode === 'act' && mayRunUnasked(installation, c.plan.fix));
  return when(!allowed, 'nothing-unasked', `change ${c.id} (${c.plan.fix}) was decided unasked, and is not allowed to`);
}

/** Proven, kept, taken back, never made, settled, made and not judged with its Undo open, or stuck and told. */
function ends(world: World, c: ChangeRecord): readonly Breach[] {
  const good = ['verified', 'kept', 'undone', 'dropped', 'settled'].includes(c.step);
  const unjudged = c.step === 'applied' && c.undoUntilAt !== undefined && c.undoAsked === undefined;
  const told = c.step === 'stuck' && JSON.stringify(world.installed.topic).includes(c.id);
  return [
    ...when(!good && !unjudged && !told, 'every-change-ends', `change ${c.id} (${c.plan.fix}) ends ${c.step}`),
    ...when(c.undoAsked !== undefined && c.step === 'verified', 'undo-is-done', `a person pressed Undo of ${c.id}, and it stands`),
  ];
}

function journal(c: ChangeRecord): readonly Breach[] {
  try {
    const step = replay(c.entries);
    return when(step !== c.step, 'journal-replays', `change ${c.id} says ${c.step}, its journal ${step}`);
  } catch (error) {
    return when(true, 'journal-replays', `the journal of ${c.id}: ${String(error)}`);
  }
}

/** The card says it of the change, whoever asks; here it is a reason to ask at all. */
function forGood({ id, question, notes }: Incident): readonly Breach[] {
  if (question?.plan.oneWay === undefined) return [];
  const asked = notes.find((n) => n.key === `asked:${question.id}`)?.says ?? '';
  return when(!asked.includes('cannot be taken back'), 'for-good-is-said', `${id} asked about ${question.plan.fix}: ${asked}`);
}

/** What stands in the journal as a person's deed was done by an approver. */
function people({ people: { clicks }, installed: { installation } }: World, c: ChangeRecord): readonly Breach[] {
  const acts = { undoing: 'undo', kept: 'keep', settled: 'settle' } as const;
  return c.entries.flatMap((e) => {
    const act = acts[e.step as keyof typeof acts];
    if (act === undefined || e.by.kind !== 'person') return [];
    const by = e.by.id;
    const pressed = clicks.find(
      (k) =>
        k.act === act && k.about === c.id && k.userId === by && !k.forged && k.hash === c.plan.hash && installation.approvers.includes(by),
    );
    const late = act === 'undo' && pressed && pressed.at > lastUndoAt(c, installation.undoWindowMs);
    return [
      ...when(!pressed, 'people-are-approvers', `change ${c.id} is ${e.step} by ${by}, who never pressed ${act} as an approver`),
      ...when(late === true, 'undo-window', `change ${c.id} was taken back after its time`),
    ];
  });
}
/** The window begins with the newest of: made, proven, judged. */
const lastUndoAt = (c: ChangeRecord, windowMs: number): number =>
  Math.max(c.undoUntilAt ?? 0, ...c.entries.filter((e) => e.step === 'applied' || e.step === 'verified').map((e) => e.at + windowMs));

/** Nothing stays warm beyond its lease, once extended and once asked about, unless a person keeps it. */
function lease({ installed: { installation } }: World, c: ChangeRecord): readonly Breach[] {
  const { leaseMs } = c.plan;
  if (leaseMs === undefined || c.appliedAt === undefined) return [];
  const end = c.entries.findLast((e) => e.step === 'undone' || e.step === 'kept' || e.step === 'stuck');
  const most = 2 * leaseMs + installation.questionMs + lateMs;
  return [
    ...when(end === undefined, 'lease-ends', `change ${c.id} is leased, and stands at ${c.step}`),
    ...when(end?.step === 'kept' && end.by.kind !== 'person', 'lease-ends', `change ${c.id} is leased, and was kept by ${end?.by.kind}`),
    ...when(end !== undefined && end.at - c.appliedAt > most, 'lease-ends', `change ${c.id} stood for ${hours(end, c.appliedAt)} hours`),
  ];
}
const hours = (end: JournalEntry | undefined, from: number): string => (((end?.at ?? 0) - from) / hour).toFixed(1);

/** What requests go through is only ever taken away by a person. */
function relied(c: ChangeRecord): readonly Breach[] {
  const proven = c.entries.some((e) => e.step === 'verified');
  const undone = c.entries.find((e) => e.step === 'undoing');
  const keeps = c.plan.changes.some((one) => moveOf(one).setting.keptWhenUsed === true);
  return when(
    proven && keeps && undone !== undefined && undone.by.kind !== 'person',
    'relied-on-stays',
    `change ${c.id} was proven, and taken away by ${undone?.by.kind}`,
  );
}

/** What stands, stands as it was written; what was taken back left nothing behind. Unless people, or a later change of ours, set it since. */
async function standsAsTold(world: World, c: ChangeRecord, all: readonly ChangeRecord[]): Promise<readonly Breach[]> {
  const goal = c.step === 'verified' || c.step === 'kept' ? 'to' : c.step === 'undone' ? 'from' : undefined;
  if (goal === undefined || world.known.byHand.some((h) => h.changeId === c.id) || actedSince(world, c)) return [];
  const aws = { call: world.shop.account.peek } as Parameters<typeof read>[0];
  const found = await Promise.all(
    c.plan.changes.map(async (change) => {
      const move = moveOf(change);
      if (move.setting.oneWay !== undefined || world.known.meanwhile.some((h) => h.target === JSON.stringify(change.target))) return [];
      const sharing = all.some((o) => o !== c && lockKeys(o.plan).includes(move.setting.lockKey(move.target)) && begunAfter(o, c));
      const now = await read(aws, move);
      if (sharing || !now.ok || move.setting.same(now.value.value, move[goal])) return [];
      return when(!gone(world, c), 'stands-as-told', `change ${c.id} is ${c.step}, and ${JSON.stringify(now.value.value)} stands there`);
    }),
  );
  return found.flat();
}
const begunAfter = (a: ChangeRecord, b: ChangeRecord): boolean =>
  (a.entries.find((e) => e.step === 'applying')?.at ?? 0) > (b.entries.find((e) => e.step === 'applying')?.at ?? 0);
/** The owner broke or mended something of the stage after we had last written there: a release moves what was moved back. */
const actedSince = ({ known, witness }: World, c: ChangeRecord): boolean => {
  const last = witness.writes.findLast((w) => w.changeId === c.id)?.at ?? 0;
  const statements = c.plan.changes.every((one) => one.setting === 'invoke-permission');
  return !statements && known.broken.all.some((b) => b.stage.apiId === c.at.apiId && (b.from > last || b.until > last));
};
/** Its function was deleted, or its alias was not. */
const gone = ({ known }: World, c: ChangeRecord): boolean =>
  known.broken.all.some((b) => b.breaking.id === 'function-deleted' && b.stage.apiId === c.at.apiId);

/** The times in which a change may write: from a step that writes to the next, or until its lock is over. */
function writingTimes(c: ChangeRecord): readonly { readonly from: number; readonly until: number }[] {
  return c.entries.flatMap((e, n) => {
    if (e.step !== 'applying' && e.step !== 'undoing') return [];
    return [{ from: e.at, until: Math.min(c.entries[n + 1]?.at ?? Infinity, e.at + lockLeaseMs) }];
  });
}

function together(changes: readonly ChangeRecord[]): readonly Breach[] {
  const spans = changes.flatMap((c) => writingTimes(c).flatMap((s) => lockKeys(c.plan).map((key) => ({ id: c.id, key, ...s }))));
  return spans.flatMap((a, n) =>
    spans
      .slice(n + 1)
      .filter((b) => b.id !== a.id && b.key === a.key && a.from < b.until && b.from < a.until)
      .flatMap((b) => when(true, 'one-at-a-time', `${a.id} and ${b.id} wrote to ${a.key} at once`)),
  );
}
