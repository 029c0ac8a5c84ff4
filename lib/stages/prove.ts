// Prove: did the change help? The settings must be in force, the treated cause must say "healed" by evidence from after the change,
// and the share of 5xx must have recovered (lib/model/recovery.ts). Positive signs only: no traffic proves nothing.
import type { CallName } from '../aws/calls.ts';
import { causes } from '../causes/index.ts';
import { declaredFixes } from '../declared.ts';
import { advance, amend, gatemedic } from '../journal/journal.ts';
import type { Healed } from '../model/cause.ts';
import type { ChangeRecord, Outcome } from '../model/change.ts';
import type { Gathered } from '../model/evidence.ts';
import type { Incident } from '../model/incident.ts';
import { recovery, trafficIn, type Recovery, type Traffic } from '../model/recovery.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { openChangeOf } from './carry-out.ts';
import { illegible } from './changing/legible.ts';
import { gather } from './looking/gather.ts';
import { routed, withNote } from './changing/incident-row.ts';
import { moveOf, says } from './changing/moves.ts';
import { evidenceFor, factsOf } from './weighing/suited.ts';
import { metricsLagMs, nextLookMs, provenFrom } from './changing/proof-time.ts';
import { incidentInput, stage, type IncidentInput, type Routed } from './stage.ts';

/** What is usual here: this long before the first failure. */
const baselineMs = 30 * 60_000;

async function run(world: World<CallName>, { incidentId }: IncidentInput): Promise<Routed> {
  const incident = (await rows.incident.get(world.store, incidentId))?.value;
  if (!incident || incident.phase === 'closed') return routed(world, incidentId, 'end');
  const record = await openChangeOf(world, incident.changes);
  // run again after it was proven and before anybody heard: the decision to close stands in the row
  if (!record) return routed(world, incidentId, incident.decision?.do === 'close' ? 'close' : 'investigate');
  if (record.step !== 'applied' || illegible(record.plan) !== undefined) return routed(world, incidentId, 'take-back'); // a crash came between its failure and the way back
  const force = await inForce(world, record);
  if (force.is === 'failed') return await failed(world, record, force.why);
  if (force.is === 'settling')
    return late(world, record)
      ? await failed(world, record, `it is not in force after ${minutesSince(world, record)} minutes: ${force.why}`)
      : routed(world, incidentId, 'wait-for-proof', world.now() + nextLookMs / 2);
  return record.plan.gains ? await gained(world, force.record) : await judge(world, incident, force.record);
}

/** What makes evidence visible is proven by being in force; whether it tells the cause is for the next look to say. */
async function gained(world: World<CallName>, record: ChangeRecord): Promise<Routed> {
  await verify(world, record, 'it is in force: what was not visible is seen from here on', false);
  return routed(world, record.incidentId, 'investigate');
}

type Force =
  | { readonly is: 'inForce'; readonly record: ChangeRecord }
  | { readonly is: 'settling'; readonly why: string }
  | { readonly is: 'failed'; readonly why: string };

/** Whether every setting is in force; the moment it was first seen so is where proof begins. */
async function inForce(world: World<CallName>, record: ChangeRecord): Promise<Force> {
  if (record.settledAt !== undefined) return { is: 'inForce', record };
  for (const move of record.plan.changes.map(moveOf)) {
    const state = await move.setting.settled(world.aws, move.target, move.to);
    if (!state.ok) return { is: 'settling', why: says(state.error) };
    if (typeof state.value === 'object') return { is: 'failed', why: state.value.failed };
    if (state.value === 'settling') return { is: 'settling', why: 'AWS has not finished' };
  }
  return {
    is: 'inForce',
    record: await amend(world, record.id, (r) => (r.settledAt === undefined ? { settledAt: world.now() } : undefined)),
  };
}

const judgeMsOf = (record: ChangeRecord): number => declaredFixes.find((f) => f.id === record.plan.fix)?.judgeMs ?? 0;
const late = (world: World<CallName>, record: ChangeRecord): boolean =>
  world.now() > (record.settledAt ?? record.appliedAt ?? 0) + judgeMsOf(record);
const minutesSince = (world: World<CallName>, record: ChangeRecord): number => Math.round((world.now() - (record.appliedAt ?? 0)) / 60_000);

async function judge(world: World<CallName>, incident: Incident, record: ChangeRecord): Promise<Routed> {
  const since = provenFrom(record.settledAt ?? world.now());
  const now = world.now();
  // the first whole minute ends a minute after `since`, and its metrics come later still
  if (now < since + nextLookMs) return routed(world, incident.id, 'wait-for-proof', since + nextLookMs + metricsLagMs / 2);
  const before = (await rows.evidence.get(world.store, incident.id))?.value.gathered ?? {};
  const after = await look(world, incident, record, before, since);
  const healed = healedBy(incident, record, after, since);
  const traffic = trafficJudged(incident, record, before, after, since, now);
  return await conclude(world, incident, record, healed, traffic);
}

/** The treated cause's evidence, from after the change only; unless the change is the API's own, the deployed API is what it was, and costs two calls of a scarce quota. */
async function look(world: World<CallName>, incident: Incident, record: ChangeRecord, before: Gathered, since: number): Promise<Gathered> {
  const kinds = [...new Set([...(causes.find((c) => c.id === record.plan.cause)?.looksAt ?? []), 'gatewayMetrics' as const])];
  const stands = !record.plan.changes.map(moveOf).some(({ setting, target }) => isApi.test(setting.writesTo(target)));
  const have: Gathered = stands && before.deployedApi?.state === 'got' ? { deployedApi: before.deployedApi } : {};
  return await gather(world, {
    at: incident.at,
    window: { from: since, to: world.now() },
    lines: incident.lines.filter((l) => l.at >= since),
    kinds,
    have,
    budget: world.installation.callBudget,
  });
}

const isApi = /^arn:aws[\w-]{0,10}:apigateway:/;

function healedBy(incident: Incident, record: ChangeRecord, after: Gathered, since: number): Healed {
  const cause = causes.find((c) => c.id === record.plan.cause);
  if (!cause) return { is: 'tooEarly', missing: [] };
  const evidence = evidenceFor(cause.looksAt, after);
  const said = cause.healed(evidence, incident.at, since, factsThen(incident, record));
  if (said.is !== 'tooEarly' || !movesDefinition(record)) return said;
  // the stage serves another definition now: what was wrong need not work again, it need only be out of the way
  const verdict = cause.confirm(evidence, incident.at);
  return verdict.is === 'ruledOut' ? { is: 'healed', by: verdict.by } : said;
}
const definitions = new Set(['stage-deployment', 'fresh-deployment', 'api-deployment']);
const movesDefinition = ({ plan }: ChangeRecord): boolean => plan.changes.some((c) => definitions.has(c.setting));

/** The facts the plan was made from: the diagnosis in the row may be a newer one, of another cause. */
function factsThen({ diagnosis }: Incident, { plan }: ChangeRecord): unknown {
  if (!diagnosis) return undefined;
  return factsOf({ ...diagnosis, cause: plan.cause });
}

function trafficJudged(incident: Incident, record: ChangeRecord, before: Gathered, after: Gathered, since: number, now: number): Recovery {
  const metrics = after.gatewayMetrics;
  const nothing: Traffic = { requests: 0, failures: 0, minutes: 0 };
  if (metrics?.state !== 'got')
    return { is: 'tooLittle', since: nothing, why: metrics ? metrics.detail : 'the gateway’s metrics were not gathered' };
  const then = before.gatewayMetrics;
  const share = (from: number, to: number): Traffic => (then?.state === 'got' ? trafficIn(then.value, { from, to }) : nothing);
  const { firstFailureAt } = incident;
  return recovery({
    metrics: metrics.value,
    since: { from: since, to: now },
    baseline: share(firstFailureAt - baselineMs, firstFailureAt - 60_000),
    during: share(firstFailureAt, record.appliedAt ?? now),
  });
}

/** The three ends, and "not yet". */
async function conclude(
  world: World<CallName>,
  incident: Incident,
  record: ChangeRecord,
  healed: Healed,
  traffic: Recovery,
): Promise<Routed> {
  if (healed.is === 'healed' && traffic.is === 'recovered') return await proven(world, record, traffic);
  const relied = healed.is === 'healed' && record.plan.changes.map(moveOf).some((m) => m.setting.keptWhenUsed);
  if (healed.is === 'stillThere' && traffic.is === 'failing')
    return await failed(world, record, `the cause is still there: ${healed.by.map((b) => b.says).join('; ')}`);
  if (traffic.is === 'failing' && traffic.worse && !relied)
    return await failed(world, record, `more requests fail than before: ${shareOf(traffic.since)}`);
  if (healed.is === 'healed' && traffic.is === 'failing') return await keptButFailing(world, record, traffic, relied);
  if (!late(world, record)) return routed(world, incident.id, 'wait-for-proof', world.now() + nextLookMs);
  return healed.is === 'stillThere'
    ? await failed(world, record, `the cause is still there: ${healed.by.map((b) => b.says).join('; ')}`)
    : await unjudged(world, incident, record, healed, traffic);
}

const shareOf = ({ failures, requests }: Traffic): string => `${failures} of ${requests} requests failed since the change`;

async function proven(world: World<CallName>, record: ChangeRecord, traffic: Extract<Recovery, { is: 'recovered' }>): Promise<Routed> {
  const why = `proven: ${shareOf(traffic.since)}; with 95 % certainty at most ${(traffic.upper * 100).toFixed(1)} % fail`;
  // the incident first, the journal last: a crash in between is judged again
  await ends(world, record, 'fixed', why);
  await verify(world, record, why, true);
  return routed(world, record.incidentId, 'close');
}

/** The cause is gone, yet 5xx remain: what helped stays, and the rest is looked at anew. */
async function keptButFailing(world: World<CallName>, record: ChangeRecord, traffic: Recovery, relied: boolean): Promise<Routed> {
  const why = `${record.plan.cause} is gone and the change is kept; requests still fail (${shareOf(traffic.since)}): something else is wrong as well`;
  await rows.incident.update(world.store, record.incidentId, (i) => withNote(i, { key: `kept:${record.id}`, at: world.now(), says: why }));
  await verify(world, record, why, relied);
  return routed(world, record.incidentId, 'investigate');
}

/** Nothing speaks against it, and too little for it: it stays, a person is told, and Undo stays open. */
async function unjudged(
  world: World<CallName>,
  incident: Incident,
  record: ChangeRecord,
  healed: Healed,
  traffic: Recovery,
): Promise<Routed> {
  const missing = healed.is === 'tooEarly' ? healed.missing.map((m) => m.detail) : [];
  const why = `not proven in ${Math.round(judgeMsOf(record) / 60_000)} minutes: ${[...(traffic.is === 'tooLittle' ? [traffic.why] : [shareOf(traffic.since)]), ...missing].join('; ')}. The change stays; Undo takes it back`;
  await amend(world, record.id, () => ({ undoUntilAt: world.now() + world.installation.undoWindowMs }));
  await ends(world, record, incident.standing ?? 'none', why);
  return routed(world, incident.id, 'close');
}

async function failed(world: World<CallName>, record: ChangeRecord, why: string): Promise<Routed> {
  await rows.incident.update(world.store, record.incidentId, (i) =>
    // a crash between an earlier proof and its journal left `fixed` behind: that is judged anew here, and not so
    withNote(i.standing === 'fixed' ? { ...i, standing: 'none' } : i, {
      key: `failed:${record.id}`,
      at: world.now(),
      says: `the change did not help and is taken back: ${why}`,
    }),
  );
  await advance(world, record.id, 'failed', gatemedic, why);
  return routed(world, record.incidentId, 'take-back');
}

const verify = (world: World<CallName>, record: ChangeRecord, why: string, reliedOn: boolean): Promise<ChangeRecord> =>
  advance(world, record.id, 'verified', gatemedic, why, {
    undoUntilAt: world.now() + world.installation.undoWindowMs,
    ...(reliedOn ? { reliedOn } : {}),
  });

/** The incident closes by this decision: a failure seen after it opens it again. */
async function ends(world: World<CallName>, record: ChangeRecord, outcome: Outcome, why: string): Promise<void> {
  const at = world.now();
  await rows.incident.update(world.store, record.incidentId, (i) => ({
    ...withNote(i, { key: `judged:${record.id}`, at, says: why }),
    standing: outcome,
    decision: { at, because: [why], do: 'close', outcome },
  }));
}

export default stage({ id: 'prove', input: incidentInput, run });
