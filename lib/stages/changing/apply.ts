// Applies a decided plan: intent first, then lock, then each change, read back. A crash at any point leaves a journal that the next
// run reads: what is applying may have happened, so it is read and finished, never guessed.
import type { CallName } from '../../aws/calls.ts';
import { hashOf } from '../../journal/hash.ts';
import { advance, gatemedic, mustRead, plan as write } from '../../journal/journal.ts';
import { mayFollow } from '../../journal/table.ts';
import { lockAll, unlockAll, type Held } from '../../journal/lock.ts';
import type { ChangeRecord, Decision } from '../../model/change.ts';
import type { Incident } from '../../model/incident.ts';
import type { Installation } from '../../model/installation.ts';
import { rows } from '../../store/rows.ts';
import { WorldError, type World } from '../../world.ts';
import { changeIdOf } from '../weighing/change-id.ts';
import { takesTwo } from '../weighing/consent.ts';
import { illegible, unknownIn } from './legible.ts';
import { barredOrSent, wasLate, wasSent } from './in-time.ts';
import { note, routed } from './incident-row.ts';
import { changedSince } from './as-planned.ts';
import { lockKeys, moveOf, says, shift, shown, transient, type Move } from './moves.ts';
import { firstLookMs } from './proof-time.ts';
import { killSwitch } from '../weighing/situation.ts';
import type { Routed } from '../stage.ts';

type Act = Extract<Decision, { do: 'act' }>;
/** Between two changes of one plan: Lambda takes some seconds for a function's configuration (fixes.md §4). */
const settleLookMs = 5000;
/** A plan of several changes waits between them for a function (seconds) or a table (some minutes); more is no waiting any more. */
const longestApplyMs = 30 * 60_000;
/** A decision nobody carried out for this long was made about another world. */
const staleMs = 15 * 60_000;

/** Carries out what stands decided in the incident's row, and trusts nothing else. */
export async function apply(world: World<CallName>, incidentId: string): Promise<Routed> {
  const incident = (await rows.incident.get(world.store, incidentId))?.value;
  if (!incident || incident.phase === 'closed') return routed(world, incidentId, 'end');
  const { decision } = incident;
  if (decision?.do !== 'act') return routed(world, incidentId, 'investigate');
  const id = changeIdOf(incident, decision);
  const odd = unknownIn(decision.plan);
  if (odd !== undefined) return await unreadable(world, incidentId, id, odd);
  const held = await lockAll(world, lockKeys(decision.plan), `${id}:apply`);
  if ('busy' in held) return await busy(world, incidentId, id, held.busy.expiresAt);
  let done: Routed | undefined;
  try {
    done = await resume(world, incident, decision, await record(world, incident, decision, id), held.locks);
    return done;
  } finally {
    // half-way it is still ours: the next run takes it again by its owner's name, and nobody else comes in between
    if (done?.next !== 'carry-on') await unlockAll(world, held.locks);
  }
}

/** Of what this version cannot read nothing is begun; what was begun is for a person to end. */
async function unreadable(world: World<CallName>, incidentId: string, id: string, odd: string): Promise<Routed> {
  const begun = await rows.change.find(world.store, id);
  if (begun?.ok && mayFollow(begun.value.value.step, 'undoing')) return routed(world, incidentId, 'take-back');
  await note(world, incidentId, `dropped:${id}`, `nothing was changed: ${odd}`);
  return routed(world, incidentId, 'investigate');
}

async function busy(world: World<CallName>, incidentId: string, changeId: string, untilAt: number): Promise<Routed> {
  await note(world, incidentId, `busy:${changeId}`, 'another change is under way on the same function; this one waits for it');
  return routed(world, incidentId, 'wait', untilAt);
}

/** The journal's row first, then its id in the incident: a crash in between finds the row again by its name. */
async function record(world: World<CallName>, incident: Incident, decision: Act, id: string): Promise<ChangeRecord> {
  const by = decision.question === undefined ? undefined : incident.question?.by;
  const written = await write(world, {
    id,
    incidentId: incident.id,
    at: incident.at,
    plan: decision.plan,
    ...(by ? { approvedBy: by } : {}),
    ...(by && incident.question?.approvals ? { approvals: incident.question.approvals } : {}),
  });
  await rows.incident.update(world.store, incident.id, (i) => (i.changes.includes(id) ? undefined : { ...i, changes: [...i.changes, id] }));
  return written;
}

async function resume(
  world: World<CallName>,
  incident: Incident,
  decision: Act,
  record: ChangeRecord,
  locks: readonly Held[],
): Promise<Routed> {
  if (record.step === 'applied') return await proofLater(world, record);
  if (record.step === 'undoing') return routed(world, incident.id, 'take-back');
  if (record.step !== 'planned' && record.step !== 'applying') return routed(world, incident.id, 'investigate');
  const brake = await killSwitch(world.aws, world.installation.killSwitchParameter);
  if (record.step === 'planned') {
    const refusal = refuse(world, incident, decision, record, brake) ?? (await changedSince(world.aws, record.plan));
    if (refusal !== undefined) return await drop(world, record, refusal);
    const nothingYet = { sent: { at: world.now(), as: 'apply' as const, changes: [] } };
    await advance(world, record.id, 'applying', record.approvedBy ?? gatemedic, decision.because.join('; '), nothingYet);
  } else {
    // it may have happened half: it is taken back rather than finished
    const why =
      brake !== 'off' ? 'the kill switch came on while the change was under way' : (illegible(record.plan) ?? tooLong(world, record));
    if (why !== undefined) return await fail(world, record, why);
  }
  return await carryOut(world, record, locks);
}

/** A change that never gets to its end, because something takes too long each time, is no change to wait for. */
function tooLong(world: World<CallName>, record: ChangeRecord): string | undefined {
  const begunAt = record.entries.findLast((e) => e.step === 'applying')?.at ?? world.now();
  return world.now() - begunAt > longestApplyMs ? `it was not finished within ${longestApplyMs / 60_000} minutes` : undefined;
}

/** Why it may not begin: the last look before the first write. */
function refuse(
  world: World<CallName>,
  incident: Incident,
  decision: Act,
  record: ChangeRecord,
  brake: 'off' | 'on' | 'unreadable',
): string | undefined {
  const { plan } = record;
  if (brake !== 'off') return brake === 'on' ? 'the kill switch is on' : 'the kill switch could not be read, which counts as on';
  if (hashOf(plan.fix, plan.changes) !== plan.hash || decision.plan.hash !== plan.hash)
    return 'the changes are not the ones that were decided';
  if (!world.installation.fixes.some((f) => f.id === plan.fix)) return `${plan.fix} is not listed in fixes any more`;
  if (decision.question !== undefined) return approvalOf(incident, decision, world.installation);
  if (plan.oneWay) return 'what cannot be taken back is never done unasked';
  if (world.installation.mode !== 'act') return `this installation does not act unasked (mode is ${world.installation.mode})`;
  return world.now() - decision.at > staleMs ? 'the decision is older than 15 minutes' : undefined;
}

function approvalOf({ question }: Incident, decision: Act, installation: Installation): string | undefined {
  if (question?.id !== decision.question || question?.state !== 'approved') return 'the approval it rests on does not stand';
  if (question.plan.hash !== decision.plan.hash) return 'other changes were approved';
  if ((question.decidedAt ?? Infinity) > question.expiresAt) return 'the approval came after the question expired';
  const needs = Math.max(question.needs ?? 1, takesTwo(installation, decision.plan.fix) ? 2 : 1);
  const people = new Set(question.approvals?.map((a) => a.by.id));
  if (people.size < needs) return `${people.size} of ${needs} different people approved it`;
  return undefined;
}

async function drop(world: World<CallName>, record: ChangeRecord, why: string): Promise<Routed> {
  await note(world, record.incidentId, `dropped:${record.id}`, `nothing was changed: ${why}`);
  await advance(world, record.id, 'dropped', gatemedic, why);
  return routed(world, record.incidentId, 'investigate');
}

async function carryOut(world: World<CallName>, record: ChangeRecord, locks: readonly Held[]): Promise<Routed> {
  for (const [n, move] of record.plan.changes.map(moveOf).entries()) {
    // the switch was read before the first; it is obeyed between two changes, too
    if (n > 0 && (await killSwitch(world.aws, world.installation.killSwitchParameter)) !== 'off')
      return await fail(world, record, 'the kill switch came on while the change was under way');
    const done = await shift(world.aws, move, 'apply', () => barredOrSent(world, record.id, { n, as: 'apply' }, locks));
    if (done.is === 'drift')
      return await fail(world, record, `somebody else changed it meanwhile: ${shown(move)} now stands at ${JSON.stringify(done.found)}`);
    if (done.is === 'there' && !done.wrote && !wasSent(await mustRead(world, record.id), n))
      return await fail(world, record, `somebody else made it meanwhile: ${shown(move)}; it is theirs`);
    if (done.is === 'failed')
      return wasLate(done.error) ? routed(world, record.incidentId, 'carry-on', world.now()) : await fail(world, record, says(done.error));
    if (n < record.plan.changes.length - 1) {
      const not = await notSettled(world, move);
      if (not === 'settling') return routed(world, record.incidentId, 'carry-on', world.now() + settleLookMs);
      if (not !== undefined) return await fail(world, record, not);
    }
  }
  await note(world, record.incidentId, `applied:${record.id}`, `changed: ${record.plan.preview.join('; ')}`);
  const at = world.now();
  const applied = await advance(world, record.id, 'applied', gatemedic, undefined, {
    appliedAt: at,
    undoUntilAt: at + world.installation.undoWindowMs,
    ...(record.plan.leaseMs === undefined ? {} : { leaseEndsAt: at + record.plan.leaseMs }),
  });
  return await proofLater(world, applied);
}

/** Why the next change of the plan cannot begin: this one is not in force yet, or never will be. */
async function notSettled(world: World<CallName>, { setting, target, to }: Move): Promise<string | undefined> {
  if (!setting.mustSettle) return undefined;
  const state = await setting.settled(world.aws, target, to);
  if (!state.ok) return transient(state.error) ? 'settling' : says(state.error);
  if (typeof state.value === 'object') return state.value.failed;
  return state.value === 'settling' ? 'settling' : undefined;
}

export const applyFailedKey = (changeId: string): string => `apply-failed:${changeId}`;

/** What failed may have happened in part: it is taken back, in reverse. */
async function fail(world: World<CallName>, record: ChangeRecord, why: string): Promise<Routed> {
  await note(world, record.incidentId, applyFailedKey(record.id), `the change did not go through and is taken back: ${why}`);
  return routed(world, record.incidentId, 'take-back');
}

async function proofLater(world: World<CallName>, record: ChangeRecord): Promise<Routed> {
  if (record.leaseEndsAt !== undefined) await scheduleLeaseEnd(world, record, record.leaseEndsAt);
  return routed(world, record.incidentId, 'wait-for-proof', world.now() + firstLookMs);
}

export const leaseName = (record: Pick<ChangeRecord, 'id' | 'extended'>): string => `lease-${record.id}-${record.extended ?? 0}`;

/** One-off. When the scheduler refuses, the sweeper finds the lease that is over: a change made is not undone for that. */
export async function scheduleLeaseEnd(world: World<CallName>, record: ChangeRecord, atMs: number): Promise<void> {
  try {
    await world.workflow.scheduleUndo({ name: leaseName(record), changeId: record.id, why: 'lease' }, atMs);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error; // a bug: crash and alarm
    world.log('lease-not-scheduled', { changeId: record.id, error: error.message });
  }
}
