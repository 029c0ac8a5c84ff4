// What was lately taken from the roles that failing functions run with: Lambda names the role, CloudTrail the removal and what it said, and IAM
// says whether the role may still do it, and whether it could with the policy back. Only of functions that have errors of their own.
import type { Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got, missing, type Missing, type Window } from '../model/evidence.ts';
import type { FunctionConfig, FunctionMetrics } from '../model/kinds/function.ts';
import type { ExecutionRole, ExecutionRoles } from '../model/kinds/removal.ts';
import { lacksOnly, needsIn, removedPolicies, type Need, type RemovedPolicy } from '../model/removed-policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { minuteMs, sum } from '../model/series.ts';
import { collector } from './collector.ts';
import { partly } from './reading/per-function.ts';
import {
  detachedReads,
  nameOfRole,
  policyWrites,
  readRole,
  simulate,
  trailLagMs,
  trailPages,
  trailReachMs,
  triedOf,
  withDetached,
} from './reading/role.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    executionRoles: ExecutionRoles;
  }
}

const calls = [
  'cloudtrail:LookupGlobalEvents',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetRole',
  'iam:SimulatePrincipalPolicy',
] as const;
type Calls = (typeof calls)[number];
/** Roles looked at: those of the functions with most errors. */
const rolesAsked = 2;
/** What was taken of one role that IAM is asked about: twice each, without and with it. */
const needsAsked = 3;
/** A removal longer before the look's span is nobody's suspect. */
const latelyMs = 60 * minuteMs;

export default collector({
  kind: 'executionRoles',
  title: 'What was taken from the roles of failing functions (CloudTrail)',
  trust: 'aws',
  calls,
  needs: ['functionConfig', 'functionMetrics'],
  round: 'suspect',
  maxCalls: rolesAsked * (trailPages + detachedReads + 1 + 2 * needsAsked),
  // two lookups a second for the whole account
  delayMs: rolesAsked * trailPages * 500,
  async read(aws, { at, have: { functionConfig, functionMetrics }, window, now }) {
    if (functionMetrics.state === 'missing')
      return missing(functionMetrics.why, `which functions fail is not known: ${functionMetrics.detail}`);
    if (functionConfig.state === 'missing')
      return missing(functionConfig.why, `which roles the functions run with is not known: ${functionConfig.detail}`);
    const asked = rolesOf(functionConfig.value, functionMetrics.value).slice(0, rolesAsked);
    if (asked.length === 0) return missing('empty', 'no function with errors of its own names a role');
    const roles: Record<string, ExecutionRole> = {};
    const without: Record<string, Missing> = {};
    for (const { role, functions } of asked) {
      const read = await one(aws, role, at, { from: window.from - latelyMs, to: now });
      if (read.ok) roles[role] = { functions, ...read.value };
      else without[role] = read.error;
    }
    const first = Object.values(without)[0];
    if (Object.keys(roles).length === 0 && first) return first;
    const silent = Object.values(roles).every((r) => r.writes.length === 0 && !r.unread);
    return silent && now - window.from < trailLagMs + 10 * minuteMs
      ? missing('late', 'CloudTrail has no record of a removal from the functions’ roles yet; it is 5 to 15 minutes behind')
      : got({ roles, ...partly(without) }, { from: now - trailReachMs, to: now }, 'aws');
  },
});

/** The roles of the functions with errors, most errors first. */
function rolesOf(
  { functions }: FunctionConfig,
  metrics: FunctionMetrics,
): readonly { readonly role: string; readonly functions: string[] }[] {
  const failing = Object.entries(functions)
    .map(([key, { role }]) => ({ key, role, errors: sum(metrics.functions[key]?.errors ?? { at: [], values: [] }) }))
    .filter((f) => f.errors > 0)
    .toSorted((a, b) => b.errors - a.errors || (a.key < b.key ? -1 : 1));
  const roles = [...new Set(failing.flatMap((f) => f.role ?? []))];
  return roles.map((role) => ({ role, functions: failing.filter((f) => f.role === role).map((f) => f.key) }));
}

async function one(
  aws: Aws<Calls>,
  role: string,
  at: StageRef,
  lately: Window,
): Promise<Result<Omit<ExecutionRole, 'functions'>, Missing>> {
  const name = nameOfRole(role, at);
  if (!name.ok) return name;
  const read = await policyWrites(aws, name.value, { from: lately.to - trailReachMs, to: lately.to });
  if (!read.ok) return read;
  const { writes: all, unread } = await withDetached(aws, read.value, lately.from);
  const why = unread ? { unread } : {};
  const removed = removedPolicies({ writes: all }).filter((r) => r.at >= lately.from);
  if (removed.length === 0) return ok({ writes: [], tried: [], ...why });
  const writes = all.filter((w) => removed.some((r) => r.policy === w.policy));
  const fact = await readRole(aws, name.value);
  if (!fact.ok) return fact;
  if (!fact.value.exists) return ok({ writes, ...why, tried: [], fact: { ...fact.value, may: [] } });
  const answers = [];
  for (const one of asksOf(removed)) answers.push(await answerOf(aws, role, one));
  const refused = answers.find((a) => !a.ok);
  return ok({
    writes,
    ...why,
    tried: answers.flatMap((a) => (a.ok && a.value.tried ? [a.value.tried] : [])),
    fact: {
      ...fact.value,
      may: answers.flatMap((a) => (a.ok ? [a.value.now] : [])),
      ...(refused && !refused.ok ? { notSimulated: refused.error } : {}),
    },
  });
}

interface Ask {
  readonly removed: RemovedPolicy;
  readonly need: Need;
}
/** The newest removal first, and of each policy one thing before a second of any. */
function asksOf(removed: readonly RemovedPolicy[]): readonly Ask[] {
  const each = removed.toSorted((a, b) => b.at - a.at).map((r) => needsIn(r).map((need) => ({ removed: r, need })));
  return Array.from({ length: needsAsked }, (_, n) => each.flatMap((asks) => asks[n] ?? []))
    .flat()
    .slice(0, needsAsked);
}

async function answerOf(aws: Aws<Calls>, role: string, { removed: { policy, document }, need }: Ask) {
  const now = await simulate(aws, role, need);
  if (!now.ok || !lacksOnly(now.value)) return now.ok ? ok({ now: now.value, tried: undefined }) : now;
  const tried = await simulate(aws, role, need, document);
  return tried.ok ? ok({ now: now.value, tried: triedOf(policy, tried.value) }) : err(tried.error);
}
