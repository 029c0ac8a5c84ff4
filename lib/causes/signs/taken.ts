// What was taken from the role of a failing function, just before it began to fail: by Lambda's, CloudTrail's and IAM's own records, none of
// which a caller of the API can write. What a log says may agree with it, and never stands for it.
import { utcMinute } from '../../model/advice.ts';
import type { EvidenceRef, EvidenceSet } from '../../model/evidence.ts';
import { ref } from '../../model/cause.ts';
import type { Taken } from '../../model/facts/code.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import type { ExecutionRole } from '../../model/kinds/removal.ts';
import { isPattern, lacksOnly, removedPolicies, tookAway, type RemovedPolicy } from '../../model/removed-policy.ts';
import { roleName } from '../../model/role-use.ts';
import { minuteMs, minuteOf, sum } from '../../model/series.ts';
import { linesSince, type CodeSeen, type FailingFunction } from './code-faults.ts';

/** A removal, and how plainly it stands at the beginning of the failures. */
export interface Removal extends Taken {
  readonly functions: readonly FailingFunction[];
  /** The functions ran clean until then, and fail since. */
  readonly atOnset: boolean;
  /** Nothing was released at the same time. */
  readonly alone: boolean;
  /** IAM was asked about a resource, not a pattern: what else allows a part of one is not seen. */
  readonly exact: boolean;
  /** Whether what was taken held this action. */
  readonly held: (action: string) => boolean;
}

/** The removals from the roles of these functions that IAM says matter: denied now, allowed with the policy beside what the role has. */
export function removalsOf(e: EvidenceSet<'executionRoles' | 'functionMetrics'>, failing: readonly FailingFunction[]): readonly Removal[] {
  if (e.executionRoles.state !== 'got') return [];
  return Object.entries(e.executionRoles.value.roles).flatMap(([role, history]) => {
    const functions = failing.filter((f) => f.fact?.role === role);
    return functions.length === 0 ? [] : removedPolicies(history).flatMap((r) => removalOf(e, { role, history, functions }, r));
  });
}

interface Of {
  readonly role: string;
  readonly history: ExecutionRole;
  readonly functions: readonly FailingFunction[];
}
function removalOf(e: EvidenceSet<'functionMetrics'>, { role, history, functions }: Of, removed: RemovedPolicy): readonly Removal[] {
  const { policy, by, at } = removed;
  const lacked = (history.fact?.may ?? []).filter(lacksOnly);
  const helped = history.tried.find(
    (t) => t.policy === policy && t.decision === 'allowed' && lacked.some((m) => m.action === t.action && m.resource === t.resource),
  );
  if (!helped) return [];
  const { action, resource } = helped;
  const onset = functions.map((f) => onsetAfter(e, f.key, at));
  return [
    {
      role,
      policy,
      action,
      resource,
      by,
      at,
      functions,
      atOnset: onset.every((first) => first !== undefined),
      exact: !isPattern(resource),
      alone: !functions.some((f, n) => releasedBy(f, at, onset[n])),
      held: (one) => tookAway(removed, one),
    },
  ];
}

/** A stray error in fifty runs is no burst; one in twenty is. */
const [clean, failed] = [0.02, 0.05];
/** IAM is consistent within seconds, at times a minute (fixes.md §14); code that asks only now and then meets it later. */
const soonMs = 10 * minuteMs;

/** The minute in which a function that ran clean until then began to fail; undefined where that is not seen. */
function onsetAfter({ functionMetrics }: EvidenceSet<'functionMetrics'>, key: string, at: number): number | undefined {
  const since = minuteOf(at);
  const metrics = functionMetrics.state === 'got' ? functionMetrics.value.functions[key] : undefined;
  if (!metrics || functionMetrics.state !== 'got' || functionMetrics.from > since - minuteMs) return undefined;
  if (sum(metrics.errors, -Infinity, since) > clean * sum(metrics.invocations, -Infinity, since)) return undefined;
  const first = firstFailing(metrics, since);
  return first !== undefined && first <= since + soonMs ? first : undefined;
}
const firstFailing = ({ errors, invocations }: FunctionMetrics['functions'][string], since: number): number | undefined =>
  errors.at.find((at, n) => at >= since && (errors.values[n] ?? 0) > failed * sum(invocations, at, at + minuteMs));

/** Whether its code or configuration changed about then too: one deploy may have done both. */
function releasedBy({ fact }: FailingFunction, at: number, onset: number | undefined): boolean {
  const modified = fact?.lastModifiedAt;
  return modified !== undefined && modified > at - soonMs && modified < (onset ?? at) + minuteMs;
}

/** How the gateway begins to hand a function's error on (messages.md §2, §6). */
const handedOn = ['customer function error', 'Customer Function Error', 'Lambda function returned the following error', '"errorMessage"'];
/** No log tells of any error of the functions in these minutes: nothing speaks for another fault than the numbers. */
export const logsAreSilent = (e: CodeSeen, from: number): boolean =>
  !linesSince(e, from).some((t) => t.in === 'functionLog' || handedOn.some((words) => t.line.text.includes(words)));

export const spokenTaken = ({ role, policy, action, resource, by, at }: Taken): string =>
  `${by} took ${action} on ${resource} from the role ${roleName(role)} (policy ${policy}) at ${utcMinute(at)}`;

export const removalRef = (e: EvidenceSet<'executionRoles'>, taken: Taken): EvidenceRef =>
  ref('executionRoles', e.executionRoles, `${spokenTaken(taken)}; IAM denies it now, and would allow it with that policy`);

/** What the diagnosis keeps of a removal. */
export const takenOf = ({ role, policy, action, resource, by, at }: Removal): Taken => ({ role, policy, action, resource, by, at });
