// The Lambda authorizer gives the gateway no answer it can use: it crashes, is too slow, is gone, or answers what is no policy. Told from
// a denial (401, 403: no 5xx) and from authorizer-permission, where its function is never called at all.
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, functionArgs, listed, shell } from '../model/advice.ts';
import {
  asksFunctions,
  authorizerClues,
  authorizerFailed,
  authorizerSays,
  authorizerWrote,
  badAnswerHttp,
  badAnswers,
  barredHttpText,
  barredText,
  roleHttpText,
  roleText,
} from './signs/authorizer-said.ts';
import { troubleOf, type Finding } from './signs/authorizer-trouble.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import {
  agreeing,
  cause,
  confirmed,
  lacking,
  ref,
  ruledOut,
  unproven,
  type Advice,
  type Clue,
  type Healed,
  type Verdict,
} from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { wasLookedAt, type EvidenceSet, type MissingRef } from '../model/evidence.ts';
import type { AuthorizerErrorFacts, AuthorizerTrouble } from '../model/facts/authorizer.ts';
import { eachOf, functionSince, gatewaySince, successesNeeded } from './signs/since.ts';

const looksAt = [
  'deployedApi',
  'authorizers',
  'authorizerMetrics',
  'authorizerLog',
  'functionMetrics',
  'gatewayMetrics',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** A 5xx whose `$context.authorizer.error` is not empty, under the names that owners give the field. */
const failedField = String.raw`^(?=.{0,3000}"[sS]tatus"\s{0,3}:\s{0,3}"?5\d\d\b).{0,3000}"(?:[\w.]{0,20}[aA]uthorizer[._]?[eE]rror(?:Message)?|[aA]uthError)"\s{0,3}:\s{0,3}"(?!-?")`;
const configured = '(?:Execution failed due to configuration error: )?';
const authorizerLine = (gates: readonly string[], words: string, unless: readonly string[] = []): Extract<Clue, { kind: 'line' }> => ({
  kind: 'line',
  in: ['authorizer'],
  gates,
  line: new RegExp(words),
  unless,
  source: 'messages.md §4',
});
/** Thrown on purpose, this word alone turns a caller away with 401 (messages.md §2). */
const denial = ['Unauthorized'];

export default cause({
  id: 'authorizer-error',
  title: 'The authorizer gives no answer the gateway can use',
  about: {
    is: 'The Lambda authorizer crashes, is too slow, is not there, or answers something that is no policy. The client sees 500, on REST with the body {"message":null}; a refused caller sees 401 or 403, which is not this.',
    told: 'The authorizer’s function had errors, throttles or ran to its limit in the failing minutes, or its configuration fails every call; for a malformed answer, the gateway’s own words and the numbers: it was invoked without an error and the requests reached no function.',
    withoutLogs:
      'Crashes, throttles, timeouts and a missing function are confirmed all the same. A malformed answer is suspected when the authorizer’s function was changed shortly before.',
  },
  looksAt,
  clues: [
    gatewaySays(
      ['Could not parse policy', 'Unable to parse given policy'],
      `${configured}(?:Could not parse policy|Unable to parse given policy)`,
      'messages.md §2, §9',
    ),
    gatewaySays(['Invalid JSON in response'], `${configured}Invalid JSON in response: Unrecognized field`, 'messages.md §2, §9'),
    gatewaySays(
      ['Authorizer result body'],
      String.raw`Authorizer result body before parsing: (?:null|\{"error(?:Type|Message)")`,
      'messages.md §2',
    ),
    accessSays([badAnswerHttp], `${badAnswerHttp} doesn.t match the format`, 'messages.md §6'),
    accessSays(['uthorizer', 'uthError'], failedField, 'messages.md §6, §8', [barredHttpText, roleHttpText, barredText, roleText]),
    authorizerLine(['Task timed out', 'Status: timeout'], 'Task timed out after|Status: timeout'),
    authorizerLine(
      ['Runtime.', 'Unable to import module', 'Cannot find module'],
      String.raw`\bRuntime\.[A-Z]|Unable to import module|Cannot find module`,
    ),
    { ...authorizerLine(['ERROR', 'Error', 'Exception', 'Traceback'], 'ERROR|Error|Exception|Traceback', denial), hint: true },
    ...authorizerClues,
  ],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen, at: StageRef): Verdict<AuthorizerErrorFacts> {
  const gatewaysWords = authorizerSays(e, badAnswers, [badAnswerHttp]);
  // its own log speaks where its metrics do not: with both, the numbers tell whether it is this burst's
  const quote = gatewaysWords ?? (e.authorizerMetrics.state === 'missing' ? authorizerWrote(e.authorizerLog) : undefined);
  const said = quote ?? (authorizerFailed(e) ? 'the gateway names the authorizer' : undefined);
  if (e.deployedApi.state === 'got' && !asksFunctions(e.deployedApi.value) && said === undefined)
    return ruledOut(ref('deployedApi', e.deployedApi, 'no Lambda authorizer stands before a route'));
  if (e.authorizers.state === 'missing') return open(lacking('authorizers', e.authorizers), byDefinition(e, at), quote);
  if (!wasLookedAt(e.authorizerMetrics)) return open(lacking('authorizerMetrics', e.authorizerMetrics), [], quote);
  const burst = e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;
  if (burst?.unexplained === 0)
    return ruledOut(ref('functionMetrics', e.functionMetrics, 'the functions behind the routes account for every failure'));
  const metrics = e.authorizerMetrics.state === 'got' ? e.authorizerMetrics.value : undefined;
  const found = e.authorizers.value.authorizers.flatMap((one) => troubleOf(one, at, burst, metrics));
  const settled = found.filter((f) => settles(f, burst, said, quote));
  if (settled.length > 0 && e.authorizers.value.edited !== true) return proven(e, settled, burst, quote);
  const otherwise = quote === undefined ? authorizerSays(e, [barredText, roleText], [barredHttpText, roleHttpText]) : undefined;
  if (otherwise !== undefined && found.every((f) => f.weight === 'hint'))
    return ruledOut(ref('executionLog', e.executionLog, `the gateway says that it may not call the authorizer: ${otherwise}`));
  const fits = found.filter((f) => f.weight !== 'hint' || said !== undefined);
  return open(
    burst
      ? lacking(
          'authorizerMetrics',
          e.authorizerMetrics,
          'nothing but its answer can be at fault, and the gateway’s own words for that were not read',
        )
      : lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'),
    fits,
    quote,
  );
}

/** What the deployed definition alone says: a URI that calls no function fails every request, whatever else could not be read. */
const byDefinition = (e: Seen, at: StageRef): readonly Finding[] =>
  e.deployedApi.state === 'got'
    ? (e.deployedApi.value.authorizers ?? []).flatMap((one) => troubleOf({ ...one, routes: [] }, at, undefined, undefined))
    : [];

/** Not proven; `facts` only where what was found agrees. */
const open = (lack: MissingRef, fits: readonly Finding[], quote: string | undefined): Verdict<AuthorizerErrorFacts> =>
  fits.length === 0 && quote === undefined ? unproven(lack) : agreeing(factsOf(fits, quote), lack);

const factsOf = (found: readonly Finding[], quote: string | undefined): AuthorizerErrorFacts => ({
  authorizers: found.map(({ weight: _w, failures: _f, ...rest }) => rest),
  ...(quote === undefined ? {} : { quote }),
});

/** A share of the failures from which on a sign is more than noise. */
const half = 0.5;

/** It ran well, and what it answered is at fault: only the gateway's own words say so. */
const answersItself = new Set<AuthorizerTrouble>(['bad-answer', 'kept-answer']);

/** Whether a finding and this burst belong together. */
function settles(f: Finding, burst: Burst | undefined, said: string | undefined, quote: string | undefined): boolean {
  if (!burst) return false;
  if (answersItself.has(f.trouble)) return quote !== undefined;
  if (f.weight === 'numbers') return (f.failures ?? 0) >= half * burst.unexplained || said !== undefined;
  const reachedNothing = burst.uninvoked !== undefined && burst.uninvoked >= half * burst.unexplained;
  return said !== undefined || reachedNothing || burst.failures >= 0.9 * burst.requests;
}

function proven(e: Seen, found: readonly Finding[], burst: Burst | undefined, quote: string | undefined): Verdict<AuthorizerErrorFacts> {
  const by = found.map((f) =>
    f.weight === 'fault' ? ref('authorizers', e.authorizers, f.says) : ref('authorizerMetrics', e.authorizerMetrics, f.says),
  );
  const own = found.reduce((all, f) => all + (f.failures ?? 0), 0);
  return confirmed(factsOf(found, quote), by, own > 0 ? Math.min(own, burst?.unexplained ?? own) : burst?.unexplained);
}

/** Healed when the authorizer was invoked since and requests came through; still there when most requests fail and it errs on. */
function healed(e: Seen, _at: StageRef, sinceAt: number, facts: AuthorizerErrorFacts): Healed {
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt);
  const seen = facts.authorizers.flatMap((a) => (a.ref ? [functionSince(e.authorizerMetrics, functionKey(a.ref), sinceAt)] : []));
  const erring =
    seen.some((s) => (s?.errors ?? 0) + (s?.throttles ?? 0) > 0) || facts.authorizers.some((a) => answersItself.has(a.trouble));
  if (gateway && gateway.minutes >= 2 && gateway.failures >= successesNeeded && gateway.failures >= half * gateway.requests && erring)
    return {
      is: 'stillThere',
      by: [ref('gatewayMetrics', e.gatewayMetrics, `${gateway.failures} of ${gateway.requests} requests failed since`)],
    };
  // a kept answer that was forgotten may have been asked for once, before this, and is kept again: that requests come through says it
  const kept = facts.authorizers.length > 0 && facts.authorizers.every((a) => a.trouble === 'kept-answer');
  const answered = kept || eachOf(seen, (s) => s !== undefined && s.invocations - s.errors > 0);
  const cameThrough =
    gateway !== undefined && gateway.requests - gateway.failures >= successesNeeded && gateway.failures <= 0.1 * gateway.requests;
  return answered && cameThrough
    ? {
        is: 'healed',
        by: [
          ...(kept ? [] : [ref('authorizerMetrics', e.authorizerMetrics, 'the authorizer was invoked since, without failing')]),
          ref('gatewayMetrics', e.gatewayMetrics, `${gateway.requests - gateway.failures} requests came through`),
        ],
      }
    : { is: 'tooEarly', missing: [lacking('authorizerMetrics', e.authorizerMetrics, 'the authorizer was not seen answering since')] };
}

const remedies: Readonly<Record<AuthorizerTrouble, string>> = {
  crashes:
    'Read the authorizer function’s own log: the last release or a dependency of it (the key set, the user table) is the usual reason. Point its alias back at the version before.',
  throttled:
    'Give the authorizer’s function room: its reserved concurrency, or the account’s. Caching its answers (TTL) takes load off it.',
  'too-slow':
    'Find what the authorizer waits for (key set, database). An HTTP API gives it ten seconds; its own Timeout is the other limit.',
  'not-found':
    'Deploy the authorizer’s function again under the same name and alias, or deploy the API with an authorizer that names the right one.',
  'not-active': 'See why Lambda does not run the function (StateReason): a key, a subnet or an image it may not use.',
  'bad-answer':
    'Compare what it returns with what this kind of authorizer must return: principalId and policyDocument; the simple form {"isAuthorized": …} only on HTTP APIs with simple responses on; context values text, number or boolean only.',
  'kept-answer':
    'See whether the authorizer’s function answers rightly now (a test event), then flush the stage’s authorizer cache: the kept answer goes on failing until its time is over.',
  'bad-uri': 'Correct the authorizer’s URI (…:lambda:path/2015-03-31/functions/{function ARN}/invocations) and deploy the API.',
  unknown:
    'Call the authorizer’s function with a test event and compare its answer with what this kind of authorizer must return: principalId and policyDocument, or the simple form on HTTP APIs.',
};

function advice(facts: AuthorizerErrorFacts | undefined, at: StageRef): Advice {
  const all = facts?.authorizers ?? [];
  const troubles = [
    ...new Set<AuthorizerTrouble>(all.length > 0 ? all.map((a) => a.trouble) : [facts?.quote === undefined ? 'unknown' : 'bad-answer']),
  ];
  return {
    summary:
      all.length > 0
        ? `No request gets past the authorizer: ${listed(all.map((a) => a.says))}.`
        : `No request gets past the authorizer of ${at.apiId}/${at.stage}.`,
    steps: [
      ...troubles.map((t) => remedies[t]),
      'If a bad answer is cached, flush the stage’s authorizer cache after the function is mended; cached answers live up to an hour.',
      'Never take the authorizer off the routes to get going again: that opens them to everybody.',
    ],
    snippets: [
      ...all.flatMap((a) =>
        a.ref
          ? [
              bash(
                `See what ${functionKey(a.ref)} wrote`,
                `aws logs filter-log-events --log-group-name ${shell(`/aws/lambda/${a.ref.name}`)} --filter-pattern '?ERROR ?Error ?"Task timed out" ?Runtime' --region ${shell(a.ref.region)}`,
                `aws lambda get-function-configuration ${functionArgs(a.ref)} --query '{State:State,Modified:LastModified,Timeout:Timeout}'`,
              ),
            ]
          : [],
      ),
      bash('Flush the cached answers of the authorizer', flush(at)),
    ],
  };
}

const flush = (at: StageRef): string =>
  at.apiType === 'REST'
    ? `aws apigateway flush-stage-authorizers-cache --rest-api-id ${shell(at.apiId)} --stage-name ${shell(at.stage)} --region ${shell(at.region)}`
    : `aws apigatewayv2 reset-authorizers-cache --api-id ${shell(at.apiId)} --stage-name ${shell(at.stage)} --region ${shell(at.region)}`;
