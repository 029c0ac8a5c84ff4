// The sweeper, every five minutes and after an execution failed: finishes what a crash left between two steps. It trusts the
// rows only, repeats only what is once by name or condition, and one broken row does not keep it from the others.
import * as v from 'valibot';
import { everyStage } from '../model/api.ts';
import type { ChangeRecord } from '../model/change.ts';
import { wasSwept, type Incident, type StageRow } from '../model/incident.ts';
import { advance, keepWhatIsOver } from '../journal/journal.ts';
import { canUndo } from '../messages/buttons.ts';
import { boundedCopy } from '../signals/shape.ts';
import { rows, type Odd, type RowKind } from '../store/rows.ts';
import type { OutboxEntry } from '../store/schemas.ts';
import type { World } from '../world.ts';
import { leaseName } from './changing/apply.ts';
import { illegible } from './changing/legible.ts';
import { freeStage } from './opening/free.ts';
import { writeAndStart } from './opening/open.ts';
import { adopt, parentFor } from './opening/outage.ts';
import { lastStepAt, settle, takeBack, unproven } from './upkeep/settle.ts';
import { stage } from './stage.ts';
import { resend } from './tell.ts';
import { onEach, tellAtMost, throwFirst } from './upkeep/tell-at-most.ts';

/** A schedule's event, or `Step Functions Execution Status Change`; of the latter only the execution's name is read. */
const sweepInput = v.looseObject({
  'detail-type': v.optional(v.string()),
  detail: v.optional(v.looseObject({ name: v.optional(v.string()) })),
});
type SweepInput = v.InferOutput<typeof sweepInput>;

export default stage({ id: 'sweep', input: sweepInput, run: (world: World, input: SweepInput) => sweep(world, input) });

const spans = {
  /** Intake writes its three steps within a second; younger rows are left to it. */
  settlingMs: 30_000,
  /** The one-off schedule ends a lease; the sweeper comes after it. */
  leaseGraceMs: 5 * 60_000,
  leaseRetryMs: 30 * 60_000,
  /** An undo that runs is left alone: its execution takes a few minutes at most. */
  undoingMs: 10 * 60_000,
  undoRetryMs: 30 * 60_000,
  dayMs: 24 * 3_600_000,
};
/** So many outbox entries are sent again in one sweep: Slack takes about one message a second. */
const mostResent = 20;
/** Of these many the ones to be sent are chosen. */
const mostSeen = 200;

/** Sweeps everything, or only the incident whose execution just ended. */
export async function sweep(world: World, input: SweepInput): Promise<void> {
  const name = input['detail-type'] === 'Step Functions Execution Status Change' ? input.detail?.name : undefined;
  const failed = name?.startsWith('inc-') ? await onEach([name], (id) => settle(world, id)) : await sweepRows(world);
  throwFirst('sweep', [...failed, ...(await sweepOutbox(world))]);
}

async function sweepRows(world: World): Promise<readonly unknown[]> {
  return [
    ...(await onEach([world], sweepOutage)),
    ...(await sweepList(world, rows.stage, 'live', (row) => sweepStage(world, row))),
    ...(await sweepList(world, rows.incident, 'open-incidents', (incident) => sweepIncident(world, incident))),
    ...(await sweepChanges(world)),
    ...(await onEach([world], keepWhatIsOver)),
  ];
}

/** Each row is read on its own: one that an older version wrote must not hide the rest. */
async function sweepList<T>(
  world: World,
  kind: RowKind<T>,
  list: string,
  work: (value: T) => Promise<unknown>,
  limit?: number,
): Promise<readonly unknown[]> {
  const items = await world.store.list(list, limit === undefined ? {} : { limit });
  return onEach(items, async (item) => work(kind.read(item).value));
}

/** Stages that opened in the same instant may have missed that they are an outage. */
async function sweepOutage(world: World): Promise<void> {
  const recent = await world.store.list('live', { from: world.now() - world.installation.outage.withinMs });
  const last = recent
    .map((item) => rows.stage.read(item).value)
    .filter((row) => row.key !== everyStage && row.live?.at)
    .at(-1);
  if (!last?.live?.at) return;
  const { at, openedAt, firstAt = openedAt, lastAt = openedAt, from = 'alarm' } = last.live;
  const parent = await parentFor(world, at, { firstAt, lastAt, from });
  if (parent) await adopt(world, parent.incidentId);
}

/** A stage whose incident was never written, or is closed already. */
async function sweepStage(world: World, row: StageRow): Promise<void> {
  if (!row.live) return;
  const incident = (await rows.incident.get(world.store, row.live.incidentId))?.value;
  if (incident?.phase === 'closed') return freeStage(world, row.key, incident);
  const settling = row.key !== everyStage && world.now() - row.live.openedAt < spans.settlingMs;
  if (!incident && !settling) await writeAndStart(world, row, row.live);
}

/** An incident that nobody works on. */
async function sweepIncident(world: World, incident: Incident): Promise<void> {
  const status = await world.workflow.status(incident.id);
  if (status === 'ended') return settle(world, incident.id);
  if (status === 'unknown' && world.now() - incident.openedAt >= spans.settlingMs) await world.workflow.startIncident(incident.id);
}

/** A row this version cannot read is told with all that stands in it, and keeps nobody from the others. */
async function sweepChanges(world: World): Promise<readonly unknown[]> {
  const { rows: changes, odd } = await rows.change.listed(world.store, 'open-changes');
  return [...(await onEach(odd, (one) => tellOdd(world, one))), ...(await onEach(changes, ({ value }) => sweepChange(world, value)))];
}

async function sweepChange(world: World, change: ChangeRecord): Promise<void> {
  if (change.step === 'stuck') return tellStuck(world, change, 'is stuck and waits for a person');
  const odd = illegible(change.plan);
  if (odd !== undefined) await tellStuck(world, change, `cannot be read by this version (${odd}) and is left alone`);
  if (leaseIsOver(change, world.now()))
    await world.workflow.startUndo({ name: leaseEndName(change, world.now()), changeId: change.id, why: 'lease' });
  if (undoIsLost(world, change)) await startUndoAgain(world, change);
  const incident = (await rows.incident.get(world.store, change.incidentId))?.value;
  if (incident?.phase === 'live') return;
  if (change.step === 'planned')
    await advance(world, change.id, 'dropped', { kind: 'sweeper' }, 'its incident ended before it was carried out');
  if (isLeftBehind(change, incident, world.now())) await takeBackOrTell(world, change);
}

const leaseIsOver = (change: ChangeRecord, now: number): boolean =>
  (change.step === 'verified' || change.step === 'applied') &&
  change.leaseEndsAt !== undefined &&
  change.leaseEndsAt < now - spans.leaseGraceMs;

/** First the name the one-off schedule uses too: whoever comes first ends the lease. Should that execution have failed, another every half hour. */
function leaseEndName(change: ChangeRecord, now: number): string {
  const turn = Math.floor((now - (change.leaseEndsAt ?? now)) / spans.leaseRetryMs);
  return turn === 0 ? leaseName(change) : `${leaseName(change)}-${turn}`;
}

/** A person pressed Undo, and its execution came to nothing: its name is burnt, so pressing again would start none. */
function undoIsLost(world: World, change: ChangeRecord): boolean {
  const { undoAsked } = change;
  if (undoAsked === undefined || world.now() - undoAsked.at < spans.undoingMs) return false;
  return canUndo(change, world.installation.undoWindowMs, world.now());
}

async function startUndoAgain(world: World, change: ChangeRecord): Promise<void> {
  const { at, by } = change.undoAsked ?? { at: world.now(), by: undefined };
  if (!by) return;
  const turn = Math.floor((world.now() - at - spans.undoingMs) / spans.undoRetryMs);
  const person = { id: by.id, ...(by.name === undefined ? {} : { name: by.name }) };
  await world.workflow.startUndo({ name: `undo-${change.id}-again-${turn}`, changeId: change.id, why: 'person', by: person });
}

/** A closed incident leaves `applied` behind on purpose (nobody could judge it); one the sweeper closed does not. */
function isLeftBehind(change: ChangeRecord, incident: Incident | undefined, now: number): boolean {
  if (!unproven.has(change.step) || now - lastStepAt(change) < spans.undoingMs) return false;
  return change.step !== 'applied' || !incident || wasSwept(incident);
}

async function takeBackOrTell(world: World, change: ChangeRecord): Promise<void> {
  await takeBack(world, change);
  if (world.now() - lastStepAt(change) > 6 * 3_600_000)
    await tellStuck(world, change, `stands at ${change.step} for hours; taking it back does not get on`);
}

async function tellOdd(world: World, { key, why, value }: Odd): Promise<void> {
  await tellAtMost(world, spans.dayMs, {
    key: `odd:${key}`,
    says: `The journal's row ${key} cannot be read by this version (${why}): it is left alone, and what it changed may still stand`,
    urgent: true,
    more: { row: boundedCopy(value) },
  });
}

async function tellStuck(world: World, change: ChangeRecord, what: string): Promise<void> {
  const says = `Change ${change.id} on ${change.at.apiName ?? change.at.apiId}/${change.at.stage} ${what}: ${change.plan.preview.join('; ')}`;
  const exact = change.plan.changes.map(({ setting, target, from, to }) => ({ setting, target, from, to }));
  await tellAtMost(world, spans.dayMs, {
    key: `change:${change.id}:${change.step}`,
    says,
    urgent: true,
    more: { changeId: change.id, incidentId: change.incidentId, step: change.step, changes: exact },
  });
}

/** Those tried least come first: entries that are refused for ever must not keep the others waiting. */
async function sweepOutbox(world: World): Promise<readonly unknown[]> {
  const entries: OutboxEntry[] = [];
  const unread = await sweepList(world, rows.outbox, 'outbox', async (entry) => void entries.push(entry), mostSeen);
  const next = entries.toSorted((a, b) => a.tries - b.tries || a.firstAt - b.firstAt).slice(0, mostResent);
  return [...unread, ...(await onEach(next, (entry) => resend(world, entry)))];
}
