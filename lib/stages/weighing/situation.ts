// Everything the guards may look at, assembled once: the brakes, the tags, what was changed lately, what it costs.
import type { Aws, CallName } from '../../aws/calls.ts';
import { guards as catalogue } from '../../guards/index.ts';
import { everyStage, stageKey } from '../../model/api.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { ChangeRecord, Fix, Guard, Objection, Plan, RecentChange, Situation } from '../../model/change.ts';
import type { Gathered } from '../../model/evidence.ts';
import { defaults } from '../../model/installation.ts';
import type { Incident, StageRow } from '../../model/incident.ts';
import { lastFailingMinuteEnd } from '../../model/recovery.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { evidenceFor, factsOf } from './suited.ts';
import { mayRunUnasked } from './consent.ts';
import { illegible } from '../changing/legible.ts';
import { lockKeys, moveOf } from '../changing/moves.ts';
import { reachOf } from './reach.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The switch as it stands now. Only the word `off` is off: anything else, and no answer, counts as on. */
export async function killSwitch(aws: Aws<CallName>, parameter: string): Promise<Situation['killSwitch']> {
  const answer = await aws.call('ssm:GetParameter', { Name: parameter });
  if (!answer.ok) return 'unreadable';
  const value = answer.value.Parameter?.Value?.trim().toLowerCase();
  return value === 'off' ? 'off' : value === 'on' ? 'on' : 'unreadable';
}

/** The owner's change calendars, all at once: AWS answers CLOSED when one of them is. */
async function freezeOf(aws: Aws<CallName>, calendars: readonly string[]): Promise<Situation['freeze']> {
  if (calendars.length === 0) return 'none';
  const answer = await aws.call('ssm:GetCalendarState', { CalendarNames: [...calendars] });
  if (!answer.ok) return 'unreadable';
  return answer.value.State === 'OPEN' ? 'open' : answer.value.State === 'CLOSED' ? 'closed' : 'unreadable';
}

/** The newest failure known, by log lines and signals or by metrics. */
export function lastFailureOf(incident: Incident, evidence: Gathered): number {
  const metrics = evidence.gatewayMetrics;
  const byMetrics = metrics?.state === 'got' ? lastFailingMinuteEnd(metrics.value) : undefined;
  return Math.max(incident.lastFailureAt, byMetrics ?? 0);
}

/** The newest failure that was seen itself: an alarm's signal comes minutes after the failures it speaks of. */
function seenFailureOf(incident: Incident, evidence: Gathered): number {
  const metrics = evidence.gatewayMetrics;
  const byMetrics = metrics?.state === 'got' ? lastFailingMinuteEnd(metrics.value) : undefined;
  const seen = Math.max(byMetrics ?? 0, ...incident.lines.map((line) => line.at));
  return seen > 0 ? seen : incident.lastFailureAt;
}

export async function situationOf(
  world: World<CallName>,
  input: { incident: Incident; diagnosis: Diagnosis; evidence: Gathered; plan: Plan; fix: Fix },
): Promise<Situation> {
  const { incident, diagnosis, evidence, plan, fix } = input;
  const { installation } = world;
  const now = world.now();
  const [{ records, unreadable }, live, brake, freeze, reach] = await Promise.all([
    changesOfLastDay(world),
    rows.stage.list(world.store, 'live'),
    killSwitch(world.aws, installation.killSwitchParameter),
    freezeOf(world.aws, installation.changeCalendars ?? []),
    reachOf(world, plan, evidence),
  ]);
  const here = new Set(records.filter((r) => stageKey(r.at) === stageKey(incident.at)).map((r) => r.id));
  const failed = records.filter((r) => failedWithin(r, now - hourMs));
  const keys = lockKeys(plan);
  return {
    at: incident.at,
    now,
    diagnosis,
    evidence,
    plan,
    fixUnasked: mayRunUnasked(installation, fix),
    mode: installation.mode,
    firstFailureAt: incident.firstFailureAt,
    lastFailureAt: seenFailureOf(incident, evidence),
    watched: incident.watched,
    killSwitch: brake,
    freeze,
    writable: reach.writable,
    writesTo: [...new Set(plan.changes.map(moveOf).map((m) => m.setting.writesTo(m.target)))],
    keys,
    unaskedHours: installation.unaskedHours,
    unreadable,
    recent: records.map(recentOf).filter((r) => here.has(r.id) || r.keys.some((key) => keys.includes(key))),
    cooldownMs: fix.cooldownMs,
    stagesInTrouble: inTrouble(
      live.map((row) => row.value),
      now - installation.outage.withinMs,
    ),
    outageStages: installation.outage.stages,
    failedLastHour: { ofTheStage: failed.filter((r) => here.has(r.id)).length, anywhere: failed.length },
    unaskedLastHour: records.filter((r) => begunUnasked(r, now - hourMs)).length,
    changesPerHour: installation.changesPerHour ?? defaults.changesPerHour,
    routesShared: reach.routesShared,
    sharedByRoutes: installation.sharedByRoutes ?? defaults.sharedByRoutes,
    handsOff: reach.handsOff,
    tagsUnread: reach.tagsUnread,
    spending: spendingOf(records, now),
    caps: installation.caps,
  };
}

/** Stages that opened lately; while an outage stands, all that are part of it, however long ago it began. */
function inTrouble(live: readonly StageRow[], from: number): number {
  const stages = live.filter((s) => s.key !== everyStage);
  const parent = live.find((s) => s.key === everyStage)?.live?.incidentId;
  const recent = stages.filter((s) => s.live !== undefined && s.live.openedAt > from);
  const members = stages.filter((s) => parent !== undefined && s.live?.incidentId === parent);
  return Math.max(recent.length, members.length);
}

/** All objections: the fix's own, and each guard's. */
export function objectionsTo(
  situation: Situation,
  fix: Fix,
  more: { deployPrincipals: readonly string[]; returned: number },
  guards: readonly Guard[] = catalogue,
): readonly Objection[] {
  const { at, evidence, plan, now, firstFailureAt, lastFailureAt, diagnosis } = situation;
  const own = fix.unasked?.({
    at,
    facts: factsOf(diagnosis),
    evidence: evidenceFor(fix.looksAt, evidence),
    changes: plan.changes,
    now,
    firstFailureAt,
    lastFailureAt,
    ...more,
  });
  return [...guards.flatMap((g) => g.check(situation) ?? []), ...(own ?? [])];
}

/** What holds against a person's approval, too. That the cause could not be confirmed again just now is not of that kind. */
export const forbids = (situation: Situation, guards: readonly Guard[] = catalogue): readonly Objection[] =>
  guards.flatMap((g) => g.check(situation) ?? []).filter((o) => o.lowersTo === 'advise' && o.id !== 'suspected-only');

/** What a person's word goes over, though it may not have stood so when they gave it: it is said when the change begins. */
export const despite = (situation: Situation, guards: readonly Guard[] = catalogue): readonly string[] =>
  guards
    .filter((g) => ['change-freeze', 'deploy-in-progress'].includes(g.id))
    .flatMap((g) => g.check(situation) ?? [])
    .map((o) => o.says);

/** How often this stage's incident was closed within the last hour: the burst came back. */
export const returnedOf = (row: StageRow | undefined, now: number): number =>
  (row?.closedAts ?? []).filter((at) => at > now - hourMs).length;

interface LastDay {
  readonly records: readonly ChangeRecord[];
  readonly unreadable: readonly string[];
}
async function changesOfLastDay(world: World<CallName>): Promise<LastDay> {
  const from = world.now() - dayMs;
  // an open change counts however old it is: a lease, or a stuck one
  const [open, settled] = await Promise.all([
    rows.change.listed(world.store, 'open-changes'),
    rows.change.listed(world.store, 'changes', { from }),
  ]);
  const byId = new Map([...open.rows, ...settled.rows].map(({ value }) => [value.id, value]));
  const standing = open.rows.flatMap(({ value }) => {
    const why = illegible(value.plan);
    return why === undefined ? [] : [`${value.id}: ${why}`];
  });
  return {
    records: [...byId.values()].sort((a, b) => (b.entries.at(-1)?.at ?? 0) - (a.entries.at(-1)?.at ?? 0)),
    unreadable: [...open.odd.map(({ key, why }) => `${key}: ${why}`), ...standing],
  };
}
const recentOf = (r: ChangeRecord): RecentChange => ({
  id: r.id,
  hash: r.plan.hash,
  fix: r.plan.fix,
  step: r.step,
  at: r.entries.at(-1)?.at ?? 0,
  by: r.entries.at(-1)?.by.kind ?? 'gatemedic',
  keys: illegible(r.plan) === undefined ? lockKeys(r.plan) : [],
});

/** Failed, stuck, or taken back by Gatemedic itself (not by a person, not because a lease ended). */
function failedWithin(record: ChangeRecord, from: number): boolean {
  return record.entries.some(
    (e) =>
      e.at > from &&
      (e.step === 'failed' || e.step === 'stuck' || (e.step === 'undoing' && (e.by.kind === 'gatemedic' || e.by.kind === 'sweeper'))),
  );
}

/** Begun by Gatemedic itself: nobody approved it. */
const begunUnasked = (record: ChangeRecord, from: number): boolean =>
  record.approvedBy === undefined && record.entries.some((e) => e.step === 'applying' && e.at > from);

/** What leases cost: those that stand, and what the last day's cost from apply to their end. */
function spendingOf(records: readonly ChangeRecord[], now: number): Situation['spending'] {
  const paid = records.filter((r) => r.plan.usdPerHour !== undefined && r.appliedAt !== undefined);
  const standing = paid.filter(
    (r) =>
      r.step === 'applied' ||
      r.step === 'verified' ||
      r.step === 'kept' ||
      r.step === 'failed' ||
      r.step === 'stuck' ||
      r.step === 'undoing',
  );
  const endOf = (r: ChangeRecord): number => (standing.includes(r) ? Math.max(now, r.leaseEndsAt ?? now) : (r.entries.at(-1)?.at ?? now));
  return {
    usdPerHour: standing.reduce((sum, r) => sum + (r.plan.usdPerHour ?? 0), 0),
    usdLastDay: paid.reduce(
      (sum, r) => sum + ((r.plan.usdPerHour ?? 0) * Math.max(0, endOf(r) - Math.max(r.appliedAt ?? now, now - dayMs))) / hourMs,
      0,
    ),
  };
}
