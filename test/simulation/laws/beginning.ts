// What must hold when a change begins, that is at the journal's entry before its first write: somebody asked for it or nobody needed to,
// the cause is the one that is there, and no brake was on.
import { fixes } from '../../../lib/fixes/index.ts';
import { hashOf } from '../../../lib/journal/hash.ts';
import { stageKey } from '../../../lib/model/api.ts';
import type { ChangeRecord } from '../../../lib/model/change.ts';
import { mayRunUnasked, takesTwo } from './consent.ts';
import { lockKeys, moveOf } from '../../../lib/stages/changing/moves.ts';
import { routesOf } from '../../../lib/demo/shop.ts';
import { isDeploying } from '../breaking.ts';
import type { World } from '../open.ts';
import type { Begun } from '../witness.ts';
import { type Breach, when } from './breach.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Metrics of a fault that was just mended still show it, and a stage waits its turn behind a lock. */
const afterglowMs = 5 * minute;
/** A decision rests on what was read some seconds before it, by a clock that may be off. */
const readMs = 40_000;

/** A change that begins, and what is known of it. */
interface Beginning {
  readonly world: World;
  readonly begun: Begun;
  readonly change: ChangeRecord;
  readonly unasked: boolean;
  readonly decidedAt: number;
}

export function beginning(world: World, begun: Begun): readonly Breach[] {
  const { change, incident } = begun;
  const decision = incident?.decision;
  if (decision?.do !== 'act') return when(true, 'decided-first', `${name(change)} began without a decision to act`);
  const b = { world, begun, change, unasked: decision.question === undefined, decidedAt: decision.at };
  return [approval(b, decision.question), cause(b), still(b), brakes(b), place(b), history(b), money(b)].flat();
}

const name = (c: ChangeRecord): string => `${c.plan.fix} on ${c.at.apiName ?? c.at.apiId} (${c.id})`;
const sameStage = (a: ChangeRecord, b: ChangeRecord): boolean => stageKey(a.at) === stageKey(b.at);
/** Those of before the story, too, as they stand by now. */
const others = ({ world: { witness, known }, change }: Beginning): readonly ChangeRecord[] =>
  [...new Map([...known.before.map((c) => [c.id, c] as const), ...witness.changes]).values()].filter((c) => c.id !== change.id);
const begunAt = (c: ChangeRecord): number | undefined => c.entries.find((e) => e.step === 'applying')?.at;

function approval({ world, change, unasked, begun }: Beginning, questionId: string | undefined): readonly Breach[] {
  const { installation } = world.installed;
  const { plan } = change;
  const hash = when(hashOf(plan.fix, plan.changes) !== plan.hash, 'hash-binds', `${name(change)} is not what its hash says`);
  if (unasked) {
    const allowed = installation.mode === 'act' && mayRunUnasked(installation, plan.fix);
    return [...hash, ...when(!allowed, 'nothing-unasked', `${name(change)} began unasked, and is not allowed to`)];
  }
  const question = begun.incident?.question;
  const yes = world.people.clicks.filter(
    (c) => c.act === 'approve' && !c.forged && installation.approvers.includes(c.userId) && c.about === questionId && c.hash === plan.hash,
  );
  const inTime = question !== undefined && question.id === questionId ? yes.filter((c) => c.at <= question.expiresAt) : [];
  const people = new Set(inTime.map((c) => c.userId)).size;
  const dismissed = world.witness.dismissed.has(`${change.incidentId} ${plan.fix}`);
  return [
    ...hash,
    ...when(people === 0, 'approved-by-an-approver', `${name(change)} began, and no approver approved exactly it in time`),
    ...when(people === 1 && takesTwo(plan.fix), 'two-people', `${name(change)} began by the word of one person, and takes two`),
    ...when(dismissed, 'a-no-is-a-no', `${name(change)} began although a person dismissed it`),
  ];
}

/** The world knows what it broke. */
function cause({ world, change, unasked, begun }: Beginning): readonly Breach[] {
  // a person answers when they come to it, and decides about what was shown
  const glowMs = gains(change.plan.fix) ? gainsAfterglowMs : afterglowMs;
  const since = unasked ? begun.at - glowMs : (begun.incident?.firstFailureAt ?? begun.at) - afterglowMs;
  const here = world.known.broken.within(since, begun.at).filter((b) => b.stage.apiId === change.at.apiId);
  if (!unasked) return when(here.length === 0, 'right-cause', `${name(change)} began, and nothing was broken there`);
  const right = here.filter((b) => b.breaking.cause === change.plan.cause);
  const seen = here.map((b) => b.breaking.id).join(', ') || 'nothing';
  // what only makes more visible treats nothing: that something is broken is reason enough
  if (gains(change.plan.fix)) return when(here.length === 0, 'right-cause', `${name(change)} began where nothing is broken`);
  if (right.length === 0) return when(true, 'right-cause', `${name(change)} treats ${change.plan.cause}, and ${seen} is broken there`);
  const byPerson = unasked && right.every((b) => b.breaking.byPerson === true);
  return when(byPerson, 'a-persons-removal-stays', `${name(change)} undid ${seen} unasked`);
}

/** A minute and a half without a failure, told by minutes of metrics, by clocks that are off. */
const quietMs = 190_000;

/** What the look before the decision said is in the row; what really failed, the account knows. */
function still({ world, change, unasked, begun, decidedAt }: Beginning): readonly Breach[] {
  if (!unasked || gains(change.plan.fix) || begun.incident?.diagnosis?.failing !== false) return [];
  const failedAt = world.shop.account.firstServerErrorAt(decidedAt - quietMs);
  const quiet = failedAt === undefined || failedAt > decidedAt;
  return when(quiet, 'not-failing', `${name(change)} was decided unasked though no request had failed for ${quietMs / 1000} s`);
}

/** Where only an alarm speaks, metrics tell minutes later that all is well; and error logging harms nobody. */
const gainsAfterglowMs = 10 * minute;

const gains = (id: string): boolean => fixes.find((f) => f.id === id)?.gains !== undefined;

function brakes({ world, change, unasked, begun, decidedAt }: Beginning): readonly Breach[] {
  const { killSwitch, calendar, handsOff, deploys } = world.known;
  const hours = world.installed.installation.unaskedHours;
  const on = killSwitch.throughout(begun.process.invocation.startedAt, begun.at).length > 0;
  const closed = unasked && calendar.throughout(decidedAt - readMs, decidedAt).length > 0;
  const ofFunction = change.plan.changes.map(moveOf).some((m) => m.setting.writesTo(m.target).includes(':function:'));
  const tagged = handsOff.throughout(decidedAt - readMs, decidedAt).some((s) => s.apiId === change.at.apiId) && ofFunction;
  const stack = world.shop.stages.find((s) => s.apiId === change.at.apiId)?.stack ?? '';
  // another update that the owner began ends the first one, too
  const runs = unasked && ofFunction && isDeploying(world.shop, stack);
  const deploying = runs && deploys.throughout(decidedAt - readMs, decidedAt).some((s) => s.apiId === change.at.apiId);
  return [
    ...when(unasked && hours !== undefined, 'outside-hours', `${name(change)} began unasked outside of the owner's hours`),
    ...when(deploying, 'deploy-in-progress', `${name(change)} was decided unasked while its stack was being deployed`),
    ...when(on, 'kill-switch', `${name(change)} began while the kill switch was on`),
    ...when(closed, 'calendar', `${name(change)} was decided unasked while the calendar was closed`),
    ...when(tagged, 'hands-off', `${name(change)} was decided although its function is tagged hands-off`),
  ];
}

function place({ world, change, unasked, decidedAt }: Beginning): readonly Breach[] {
  const { installation } = world.installed;
  const listed = installation.stages.some((s) => s.apiId === change.at.apiId && s.stage === change.at.stage);
  const { stages, withinMs } = installation.outage;
  const live = [...world.witness.stages.values()].filter((s) => s.live && s.key !== '*/*');
  const recent = live.filter((s) => s.live && s.live.openedAt > decidedAt - withinMs && s.live.openedAt < decidedAt - 1000);
  const stage = world.shop.stages.find((s) => s.apiId === change.at.apiId);
  const routes = stage ? routesOf(stage).length : 0;
  return [
    ...when(!listed, 'listed-stages-only', `${name(change)} began on a stage nobody listed`),
    ...when(recent.length > stages, 'outage', `${name(change)} was decided while ${recent.length} stages failed at once`),
    ...when(
      unasked && stage?.apiName !== 'pairs' && routes > (installation.sharedByRoutes ?? 50),
      'shared-by-many',
      `${name(change)} began unasked, and ${routes} routes share its function`,
    ),
  ];
}

/** What happened before it: how many, how it went, and what people took back. */
function history(b: Beginning): readonly Breach[] {
  const { world, change, unasked, decidedAt } = b;
  const known = others(b);
  const { changesPerHour = 6 } = world.installed.installation;
  const unaskedLately = known.filter((c) => c.approvedBy === undefined && within(begunAt(c), decidedAt - hour, decidedAt));
  const failed = known.filter((c) => c.entries.some((e) => isFailure(e) && within(e.at, decidedAt - hour, decidedAt - 1000)));
  const made = known.filter((c) => begunAt(c) !== undefined);
  const same = made.filter((c) => sameStage(c, change) && c.plan.fix === change.plan.fix);
  const keys = lockKeys(change.plan);
  const touching = made.filter((c) => same.includes(c) || lockKeys(c.plan).some((key) => keys.includes(key)));
  const cooldownMs = fixes.find((f) => f.id === change.plan.fix)?.cooldownMs ?? 0;
  const warm = touching.filter((c) => c.entries.some((e) => within(e.at, decidedAt - cooldownMs, decidedAt - 1000)));
  const undid = same.filter((c) => c.entries.some((e) => e.step === 'undone' && e.by.kind === 'person' && e.at < decidedAt - 1000));
  return [
    ...when(unasked && unaskedLately.length >= changesPerHour, 'changes-per-hour', `${name(change)} is one too many unasked`),
    ...when(
      unasked && (failed.length >= 6 || failed.filter((c) => sameStage(c, change)).length >= 3),
      'three-failed',
      `${name(change)} began unasked after ${failed.length} failed within the hour`,
    ),
    ...when(
      unasked && world.known.unreadable.length > 0,
      'unreadable-change',
      `${name(change)} began unasked, and nobody can read ${world.known.unreadable.join(', ')}`,
    ),
    ...when(unasked && warm.length > 0, 'cooldown', `${name(change)} began unasked soon after ${warm[0]?.id}`),
    ...when(undid.length > 0, 'person-undid', `${name(change)} was decided although a person took ${undid[0]?.id} back`),
  ];
}

const within = (at: number | undefined, from: number, until: number): boolean => at !== undefined && at > from && at < until;
const isFailure = ({ step, by }: ChangeRecord['entries'][number]): boolean =>
  step === 'failed' || step === 'stuck' || (step === 'undoing' && (by.kind === 'gatemedic' || by.kind === 'sweeper'));

function money(b: Beginning): readonly Breach[] {
  const { change, world, decidedAt } = b;
  const { caps } = world.installed.installation;
  const stands = new Set(['applied', 'verified', 'kept', 'failed', 'stuck', 'undoing']);
  const standing = others(b).filter((c) => stands.has(c.step) && (c.appliedAt ?? Infinity) < decidedAt);
  const perHour = [change, ...standing].reduce((sum, c) => sum + (c.plan.usdPerHour ?? 0), 0);
  const costs = change.plan.usdPerHour !== undefined;
  return when(costs && perHour > caps.usdPerHour, 'spending-cap', `${name(change)} makes it $${perHour.toFixed(2)} an hour`);
}
