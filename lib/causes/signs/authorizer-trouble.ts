// What is wrong with an authorizer's function, by configuration and metrics that no caller can forge. Pure; asked by authorizer-error.
import { functionKey, type StageRef } from '../../model/api.ts';
import type { Burst } from '../../model/burst.ts';
import type { AuthorizerErrorFacts, AuthorizerTrouble } from '../../model/facts/authorizer.ts';
import type { AuthorizerFact } from '../../model/kinds/authorizer.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import { mayAuthorizer } from '../../model/policy.ts';
import { inBurst, minuteMs, type InBurst } from '../../model/series.ts';

export type Troubled = AuthorizerErrorFacts['authorizers'][number];
/** How much a finding says: `fault` fails every request by itself; `numbers` accounts for failures; `hint` only fits. */
export interface Finding extends Troubled {
  readonly weight: 'fault' | 'numbers' | 'hint';
  readonly failures?: number;
}

/** Duration reaches Timeout × 1000 when a function is stopped; causes.md (lambda-timeout) allows 50 ms below. */
const slackMs = 50;
/** An HTTP API waits ten seconds for its Lambda authorizer (causes.md, authorizer-error: "10 s hard"). */
const httpWaitMs = 10_000;
/** A change of the function this long before the burst may be its reason. */
const recentMs = 120 * minuteMs;
/** API Gateway calls a function by this path only; another date in it fails every request (messages.md §9: 2015-03-01). */
const invocationUri = /^arn:aws[\w-]{0,10}:apigateway:[a-z0-9-]{1,30}:lambda:path\/2015-03-31\/functions\/.{1,400}\/invocations$/;

/** What is wrong with one authorizer, strongest first; nothing when it looks well. */
export function troubleOf(
  one: AuthorizerFact,
  at: StageRef,
  burst: Burst | undefined,
  metrics: FunctionMetrics | undefined,
): readonly Finding[] {
  const seen = one.function && burst ? inBurst(metrics?.functions[functionKey(one.function)], burst.minutes) : undefined;
  const kept = burst && metrics ? keptAnswer(one, burst, seen) : [];
  return [...configuration(one), ...(burst && seen ? inNumbers(one, at, burst, seen) : []), ...kept];
}

const finding = (one: AuthorizerFact, trouble: AuthorizerTrouble, weight: Finding['weight'], says: string, failures?: number): Finding => ({
  name: one.name,
  ...(one.function ? { ref: one.function } : {}),
  trouble,
  weight,
  says,
  ...(failures === undefined ? {} : { failures }),
});

function configuration(one: AuthorizerFact): readonly Finding[] {
  const { name, uri, fact } = one;
  if (uri !== undefined && one.unresolved === undefined && !one.function && !invocationUri.test(uri))
    return [finding(one, 'bad-uri', 'fault', `the authorizer ${name} calls ${uri.slice(0, 200)}, which is no invocation of a function`)];
  if (uri?.includes(':lambda:path/') && one.unresolved === undefined && !invocationUri.test(uri))
    return [
      finding(one, 'bad-uri', 'fault', `the authorizer ${name} calls Lambda by another path than 2015-03-31/functions/…/invocations`),
    ];
  if (fact?.exists === false)
    return [
      finding(one, 'not-found', 'fault', `the authorizer ${name} names a function Lambda does not have: ${fact.notFound ?? 'not found'}`),
    ];
  if (fact?.state === 'Failed' || fact?.state === 'Pending')
    return [finding(one, 'not-active', 'fault', `the function of authorizer ${name} is in state ${fact.state}`)];
  return [];
}

function inNumbers(one: AuthorizerFact, at: StageRef, burst: Burst, seen: InBurst): readonly Finding[] {
  const name = one.function ? functionKey(one.function) : one.name;
  const waits = at.apiType === 'HTTP' ? httpWaitMs : Infinity;
  const limitMs = Math.min(waits, (one.fact?.timeoutSeconds ?? Infinity) * 1000);
  const atLimit = (seen.durationMaxMs ?? 0) >= limitMs - slackMs;
  // an authorizer that turns a caller away by throwing "Unauthorized" is an error to Lambda and a 401 to the caller: those are no 5xx
  const errors = Math.max(0, seen.errors - burst.clientErrors);
  const says = `${name} had ${seen.errors} errors in the failing minutes`;
  if (atLimit && (errors > 0 || limitMs === waits))
    return [
      finding(
        one,
        'too-slow',
        'numbers',
        `${name} ran up to ${limitMs / 1000} s, after which it is stopped or given up on`,
        Math.max(errors, 1),
      ),
    ];
  if (errors > 0) return [finding(one, 'crashes', 'numbers', says, errors)];
  if (seen.throttles > 0)
    return [finding(one, 'throttled', 'numbers', `${name} was throttled ${seen.throttles} times in the failing minutes`, seen.throttles)];
  return mayBeCalled(one, at) ? answersBadly(one, burst, seen) : [];
}

/** An authorizer the gateway may not call answers nothing: in the minute its permission went it was still invoked. */
const mayBeCalled = (one: AuthorizerFact, at: StageRef): boolean =>
  !one.function || one.policy === undefined || !['noStatement', 'denied'].includes(mayAuthorizer(one.policy, at, one.id, one.function));

/** Invoked without an error, and the requests behind it reached no function: what is left is its answer. That fits other faults too. */
function answersBadly(one: AuthorizerFact, burst: Burst, seen: InBurst): readonly Finding[] {
  const reachedNothing = burst.uninvoked !== undefined && burst.uninvoked >= 0.5 * burst.unexplained;
  // each request that fails by its answer called it; one that is kept calls nobody (keptAnswer)
  if (burst.unexplained === 0 || seen.invocations < 0.5 * burst.unexplained || !reachedNothing) return [];
  const changedAt = one.fact?.lastModifiedAt;
  const first = burst.minutes[0] ?? 0;
  const recently = changedAt !== undefined && changedAt > first - recentMs && changedAt < first + 2 * minuteMs;
  const says = `${one.name} was invoked ${seen.invocations} times without an error, and ${burst.uninvoked ?? 0} requests reached no function${recently ? '; its function was changed shortly before' : ''}`;
  return [finding(one, 'bad-answer', recently ? 'numbers' : 'hint', says)];
}

/** Requests fail before their function, and the authorizer that keeps its answers was hardly asked: then they fail by one that is kept. */
function keptAnswer(one: AuthorizerFact, burst: Burst, seen: InBurst | undefined): readonly Finding[] {
  const asked = seen?.invocations ?? 0;
  const wrong = (seen?.errors ?? 0) + (seen?.throttles ?? 0);
  const reachedNothing = burst.uninvoked !== undefined && burst.uninvoked >= 0.5 * burst.unexplained;
  if ((one.ttlSeconds ?? 0) === 0 || burst.unexplained === 0 || wrong > 0 || asked >= 0.1 * burst.unexplained || !reachedNothing) return [];
  const says = `${one.name} keeps its answers for ${one.ttlSeconds} s and was asked ${asked} times, while ${burst.uninvoked ?? 0} requests reached no function`;
  return [finding(one, 'kept-answer', 'hint', says)];
}
