// Investigate: reads an incident, looks, diagnoses, writes both down. Part of an outage ends silently; the outage itself is
// told as one: AWS Health is asked, and nothing is gathered stage by stage.
import type { CallName } from '../aws/calls.ts';
import { declaredFixes } from '../declared.ts';
import { stageKey } from '../model/api.ts';
import type { Diagnosis } from '../model/cause.ts';
import { missing, type EvidenceKind, type Gathered, type Window } from '../model/evidence.ts';
import { remembered, type Incident } from '../model/incident.ts';
import { minuteMs, minuteOf, sum } from '../model/series.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { examine, type Examined } from './looking/examine.ts';
import { closed } from './close.ts';
import { gather } from './looking/gather.ts';
import { outageDiagnosis } from './looking/outage-diagnosis.ts';
import { outageFailing } from './looking/outage-metrics.ts';
import { parentOf, withMembers } from './opening/outage.ts';
import { keepCard } from './telling/outbox.ts';
import { incidentInput, stage, timestamp, type IncidentInput, type Next, type Routed } from './stage.ts';
import { planningLooksAt, suited } from './weighing/suited.ts';
import { trailNotes } from './looking/trail-notes.ts';

/** Metrics from before the burst are what it is compared with. */
const beforeMs = 10 * minuteMs;
/** A long incident is looked at in its last hour: evidence must stay small. */
const longestMs = 60 * minuteMs;
/** Stored evidence: an item holds 400 KB, and other fields need room. */
export const evidenceBytes = 300_000;

export default stage<CallName, IncidentInput>({
  id: 'investigate',
  input: incidentInput,
  async run(world, { incidentId }): Promise<Routed> {
    const routed = (next: Next): Routed => ({ incidentId, next, untilAt: timestamp(world.now()) });
    const incident = (await rows.incident.get(world.store, incidentId))?.value;
    if (!incident) throw new Error(`no incident ${incidentId} is stored; the sweeper frees its stage`);
    if (incident.phase === 'closed') return routed('end');
    const parentId = incident.outageOf ? undefined : (incident.parentId ?? (await parentOf(world, incident)));
    if (parentId !== undefined) return joinOutage(world, incident, parentId).then(() => routed('end'));
    if (incident.outageOf) await investigateOutage(world, incident);
    else await investigate(world, incident);
    return routed('decide');
  },
});

async function investigateOutage(world: World<CallName>, incident: Incident): Promise<void> {
  const parent = await withMembers(world, incident);
  const window = windowOf(parent, world.now());
  const gathered = await gather(world, { at: parent.at, window, lines: [], kinds: ['awsHealth'], budget: 1 });
  const failing = await outageFailing(world, parent);
  const diagnosis = outageDiagnosis(parent, gathered, world.now());
  await record(world, parent, { ...diagnosis, ...(failing === undefined ? {} : { failing }) }, gathered);
}

/** The stage's row goes on pointing at the parent, so that the parent frees it. A message that was posted before must not go on asking. */
async function joinOutage(world: Pick<World, 'store' | 'now' | 'log'>, incident: Incident, parentId: string): Promise<void> {
  const after = await rows.incident.update(world.store, incident.id, (current) =>
    current.phase === 'closed' ? undefined : { ...closed(current, current.standing ?? 'none', world.now()), parentId },
  );
  if (after?.message) await keepCard(world, incident.id);
  world.log('joined an outage', { incidentId: incident.id, parentId });
}

/** From a little before the first failure, at most the last hour. */
export const windowOf = (incident: Pick<Incident, 'firstFailureAt'>, now: number): Window => ({
  from: Math.max(incident.firstFailureAt - beforeMs, now - longestMs),
  to: now,
});

async function investigate(world: World<CallName>, incident: Incident): Promise<void> {
  const now = world.now();
  const window = windowOf(incident, now);
  const before = incident.rounds === 0 ? undefined : (await rows.evidence.get(world.store, incident.id))?.value.gathered;
  const examined = await examine(world, {
    at: incident.at,
    window,
    lines: incident.lines,
    budget: world.installation.callBudget,
    firstFailureAt: incident.firstFailureAt,
    lastFailureAt: incident.lastFailureAt,
    before,
  });
  const gathered = await forFixes(world, incident, { window, before }, examined);
  await record(world, incident, examined.diagnosis, gathered);
}

/** What planning and the fixes' own objections read, once the cause they treat is confirmed, or what they would show is not enabled. */
async function forFixes(
  world: World<CallName>,
  incident: Incident,
  { window, before }: { readonly window: Window; readonly before: Gathered | undefined },
  { diagnosis, gathered, calls }: Examined,
): Promise<Gathered> {
  const installed = new Set(world.installation.fixes.map((f) => f.id));
  const confirmed = new Set(diagnosis.suspects.filter((s) => s.verdict.is === 'confirmed').map((s) => s.id));
  const fixes = declaredFixes.filter((f) => installed.has(f.id));
  const treating = fixes.filter((f) => f.treats.some((id) => confirmed.has(id)));
  const kinds = planningLooksAt([...treating, ...suited({ diagnosis, evidence: gathered }, fixes)]);
  if (kinds.length === 0) return gathered;
  return gather(world, {
    at: incident.at,
    window,
    lines: incident.lines,
    kinds,
    have: gathered,
    before,
    budget: Math.max(0, world.installation.callBudget - calls),
  });
}

/** Evidence first: a decision reads both, and a diagnosis without its evidence would be worse than an old pair. */
async function record(
  world: Pick<World, 'store' | 'now' | 'log'>,
  incident: Incident,
  diagnosis: Diagnosis,
  gathered: Gathered,
): Promise<void> {
  const at = world.now();
  const kept = fitting(gathered, evidenceBytes);
  await rows.evidence.upsert(world.store, incident.id, () => ({ gathered: kept, at }));
  const notes = trailNotes(kept, diagnosis, at);
  await rows.incident.update(world.store, incident.id, (current) => {
    const known = new Set(current.notes.map((n) => n.key));
    const { goneAt: _, named: _named, ...rest } = current;
    const failures = Math.max(current.failures, failuresSeen(kept, current.firstFailureAt));
    return {
      ...rest,
      failures,
      ...remembered(current, diagnosis, lastFailedAt(kept, current)),
      rounds: current.rounds + 1,
      firstDiagnosedAt: current.firstDiagnosedAt ?? at,
      notes: [...current.notes, ...notes.filter((n) => !known.has(n.key))],
    };
  });
  world.log('diagnosed', {
    incidentId: incident.id,
    stage: stageKey(incident.at),
    cause: diagnosis.cause,
    certainty: diagnosis.certainty,
    failing: diagnosis.failing,
    evidence: states(kept),
  });
}
/** The newest failure seen itself: a signal's line, or the start of the last failing minute (when in it is not known). */
function lastFailedAt({ gatewayMetrics }: Gathered, { lines }: Pick<Incident, 'lines'>): number {
  const { at, values } = gatewayMetrics?.state === 'got' ? gatewayMetrics.value.serverErrors : { at: [], values: [] };
  return Math.max(0, ...at.filter((_, i) => (values[i] ?? 0) > 0), ...lines.map((line) => line.at));
}

/** Signals count what they happened to bring; once the metrics of the burst are there, they know better. */
const failuresSeen = ({ gatewayMetrics }: Gathered, firstFailureAt: number): number =>
  gatewayMetrics?.state === 'got' ? sum(gatewayMetrics.value.serverErrors, minuteOf(firstFailureAt)) : 0;
const states = (gathered: Gathered): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(gathered).map(([kind, e]) => [kind, e.state === 'got' ? 'got' : e.why]));

const sizeBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Drops the largest kinds, and says so, until the rest fits. */
export function fitting(gathered: Gathered, mostBytes: number): Gathered {
  const sizes = Object.entries(gathered).map(([kind, evidence]) => ({ kind: kind as EvidenceKind, bytes: sizeBytes(evidence) }));
  let total = sizes.reduce((sum, s) => sum + s.bytes, 0);
  const dropped: Record<string, ReturnType<typeof missing>> = {};
  for (const { kind, bytes } of sizes.sort((a, b) => b.bytes - a.bytes)) {
    if (total <= mostBytes) break;
    dropped[kind] = missing('overBudget', `${bytes} bytes are too many to keep`);
    total -= bytes;
  }
  return { ...gathered, ...dropped };
}
