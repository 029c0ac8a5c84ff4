// Lambda turned calls away for want of concurrency. The Throttles metric says so and no caller can write it; on a REST API the
// client sees 500 (messages.md §2). Which limit it was decides what to do.
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, listed, shell } from '../model/advice.ts';
import { functionInCode } from './signs/code-of-functions.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, type DeployedFunction } from '../model/deployed.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { ThrottledFacts } from '../model/facts/lambda.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import { inBurst, peak, sum } from '../model/series.ts';
import { eachOf, functionSince, successesNeeded } from './signs/since.ts';

const looksAt = ['deployedApi', 'functionMetrics', 'gatewayMetrics', 'functionConcurrency'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Throttled = ThrottledFacts['functions'][number];

/** Throttles below a tenth of the failures are a side show. */
const shareOfFailures = 0.1;

export default cause({
  id: 'lambda-throttled',
  title: 'Lambda turned calls away: no concurrency left',
  about: {
    is: 'Lambda turned calls away because the function’s reserved concurrency, or the account’s, was used up. A REST client sees 500.',
    told: 'Lambda’s Throttles metric accounts for at least a tenth of the failures. The concurrency settings then say which limit it was.',
    withoutLogs: 'Confirmed all the same: the metrics and the settings are enough.',
  },
  looksAt,
  clues: [
    gatewaySays(['Rate Exceeded', 'Rate exceeded'], '(?:Execution failed due to configuration error: )?Rate [Ee]xceeded', 'messages.md §2'),
    gatewaySays(['failed with status: 429'], 'Lambda invocation failed with status: 429', 'messages.md §2'),
    // Reports of 2017–2018: Lambda's refusal stands in the dumped body, which the gateway then calls malformed (messages.md §9).
    {
      kind: 'line',
      in: ['execution', 'access'],
      gates: ['InvocationLimitExceeded', 'InvocationRateLimitExceeded'],
      line: /"Reason" ?: ?"(?:Reserved)?(?:Function)?(?:Concurrent)?Invocation(?:Rate)?LimitExceeded"/,
      source: 'messages.md §5, §9',
    },
    {
      kind: 'line',
      in: ['execution'],
      gates: ['TooManyRequestsException'],
      line: /x-amzn-ErrorType[=:] ?TooManyRequestsException/,
      source: 'messages.md §5',
    },
    // Lambda's own names for its refusal, where a report gives nothing but the name.
    gatewaySays(
      ['InvocationLimitExceeded', 'InvocationRateLimitExceeded', 'TooManyRequestsException'],
      '(?:HTTP |[Ss]tatus:? )?(?:429:? )?(?:(?:ReservedFunction)?ConcurrentInvocationLimitExceeded|(?:Reserved)?FunctionInvocationRateLimitExceeded|CallerRateLimitExceeded|TooManyRequestsException)\\b',
      'messages.md §5',
    ),
    // CloudFront in front of the API says in its own log why its 503 (Lambda at the edge) came about.
    accessSays(
      ['LambdaLimitExceeded'],
      String.raw`\bLambdaLimitExceeded\b`,
      'doc_source/http-503-lambda-limit-execeeded-error.md (CloudFront)',
    ),
    // how owners' own answers and consoles put it
    accessSays(['throttled'], '[Ll]ambda function (?:is being|was|has been|got) throttled', 'messages.md §5 (in other words)'),
    accessSays(
      ['Rate Exceeded', 'Rate exceeded'],
      String.raw`Execution failed due to configuration error: Rate [Ee]xceeded|\bRate Exceeded\.`,
      'messages.md §2, §8',
    ),
    {
      kind: 'line',
      in: ['execution', 'access', 'function'],
      gates: ['invoke API action failed'],
      line: /Calling the invoke API action failed with this message: Rate [Ee]xceeded/,
      source: 'messages.md §4',
    },
    accessSays(['429'], String.raw`integrationStatus"?\s?[:=]\s?"?429\b`, 'messages.md §8'),
    {
      kind: 'shape',
      in: 'functionMetrics',
      shape: throttles,
      title: 'Lambda throttled a function',
      source: 'causes.md, lambda-throttled (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

function throttles(metrics: FunctionMetrics): string | undefined {
  const hit = Object.entries(metrics.functions).find(([, f]) => sum(f.throttles) > 0);
  return hit && `Lambda throttled ${hit[0]} ${sum(hit[1].throttles)} times`;
}

function confirm(e: Seen): Verdict<ThrottledFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionMetrics.state === 'missing') return switchedOff(functionsOf(e.deployedApi.value), e);
  const metrics = e.functionMetrics.value.functions;
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return atItsLimit(functionsOf(e.deployedApi.value), e, metrics);
  const hit = functionsOf(e.deployedApi.value).flatMap((f) => factOf(f, e, inBurst(metrics[f.key], burst.minutes)));
  const all = hit.reduce((total, f) => total + f.throttles, 0);
  if (all === 0) return ruledOut(ref('functionMetrics', e.functionMetrics, 'Lambda throttled no call in the failing minutes'));
  if (all < shareOfFailures * burst.failures)
    return unproven(lacking('functionMetrics', e.functionMetrics, `${all} throttles do not explain ${burst.failures} failures`));
  return confirmed(
    { functions: hit },
    [ref('functionMetrics', e.functionMetrics, hit.map(sentence).join('; '))],
    Math.min(all, burst.failures),
  );
}

/** Without any number a limit of 0 agrees: such a function turns every call away. */
function switchedOff(functions: readonly DeployedFunction[], e: Seen): Verdict<ThrottledFacts> {
  const missing = [lacking('functionMetrics', e.functionMetrics)];
  const limits = e.functionConcurrency.state === 'got' ? e.functionConcurrency.value.functions : {};
  const off = functions.filter((f) => limits[f.key]?.reserved === 0);
  const fact = (f: DeployedFunction): Throttled => ({ ref: f.ref, throttles: 0, peakConcurrency: 0, limit: 'switched-off', reserved: 0 });
  return off.length === 0 ? unproven(...missing) : agreeing({ functions: off.map(fact) }, ...missing);
}

/** Failures are not counted (yet). A function that was throttled, or ran as often at once as it may, agrees with it, and no more. */
function atItsLimit(functions: readonly DeployedFunction[], e: Seen, metrics: FunctionMetrics['functions']): Verdict<ThrottledFacts> {
  const missing = [lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet')];
  const limits = e.functionConcurrency.state === 'got' ? e.functionConcurrency.value : undefined;
  const full = functions.flatMap((f): readonly Throttled[] => {
    const reserved = limits?.functions[f.key]?.reserved;
    const peakConcurrency = peak(metrics[f.key]?.concurrentMax ?? { at: [], values: [] }) ?? 0;
    const throttles = sum(metrics[f.key]?.throttles ?? { at: [], values: [] });
    const full = peakConcurrency > 0 && peakConcurrency >= (reserved ?? limits?.account?.limit ?? Number.POSITIVE_INFINITY);
    return throttles > 0 || full
      ? [{ ref: f.ref, throttles, peakConcurrency, limit: limitOf(e, reserved), ...(reserved === undefined ? {} : { reserved }) }]
      : [];
  });
  return full.length === 0 ? unproven(...missing) : agreeing({ functions: full }, ...missing);
}

function factOf(f: DeployedFunction, e: Seen, seen: ReturnType<typeof inBurst>): readonly Throttled[] {
  if (!seen || seen.throttles === 0) return [];
  const reserved = e.functionConcurrency.state === 'got' ? e.functionConcurrency.value.functions[f.key]?.reserved : undefined;
  const peakConcurrency = seen.concurrentMax ?? 0;
  return [
    {
      ref: f.ref,
      throttles: seen.throttles,
      peakConcurrency,
      limit: limitOf(e, reserved),
      ...(reserved === undefined ? {} : { reserved }),
    },
  ];
}
/** A reserved limit of 0 is somebody's switch (causes.md); without one it is the account's limit, or the pace of scaling. */
function limitOf(e: Seen, reserved: number | undefined): Throttled['limit'] {
  if (e.functionConcurrency.state === 'missing') return 'unknown';
  return reserved === undefined ? 'account' : reserved === 0 ? 'switched-off' : 'reserved';
}
const sentence = (f: Throttled): string =>
  `Lambda throttled ${functionKey(f.ref)} ${f.throttles} times in the failing minutes${f.reserved === undefined ? '' : `; it may run ${f.reserved} at once`}`;

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: ThrottledFacts): Healed {
  const since = facts.functions.map((f) => ({
    key: functionKey(f.ref),
    seen: functionSince(e.functionMetrics, functionKey(f.ref), sinceAt),
  }));
  const still = since.filter((s) => (s.seen?.throttles ?? 0) > 0);
  if (still.length > 0)
    return {
      is: 'stillThere',
      by: [ref('functionMetrics', e.functionMetrics, `Lambda still throttles ${listed(still.map((s) => s.key))}`)],
    };
  const enough = eachOf(since, (s) => s.seen !== undefined && s.seen.minutes >= 2 && s.seen.invocations >= successesNeeded);
  return enough
    ? { is: 'healed', by: [ref('functionMetrics', e.functionMetrics, 'invoked since, and no call throttled')] }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

const causesOf: Readonly<Record<Throttled['limit'], string>> = {
  reserved: 'The function reached its own reserved concurrency.',
  'switched-off': "The function's reserved concurrency is 0: somebody switched it off.",
  account: 'The function has no limit of its own: the account ran out of concurrency, or the burst grew faster than Lambda scales.',
  unknown: 'Which limit turned the calls away could not be read.',
};

/** Twice what ran at once, and no fewer than ten: the callers that were turned away are not in that number. */
const roomOf = ({ peakConcurrency, reserved = 0 }: ThrottledFacts['functions'][number]): number =>
  Math.max(10, Math.ceil(2 * Math.max(peakConcurrency, reserved)));

function advice(facts: ThrottledFacts | undefined): Advice {
  const first = facts?.functions[0];
  return {
    summary: first ? causesOf[first.limit] : 'Lambda turned calls away for want of concurrency.',
    steps: [
      'Look at the duration first: a function that became slow needs more environments for the same traffic.',
      first?.limit === 'switched-off'
        ? 'Ask who set it to 0 before you raise it.'
        : 'Raise or remove the reserved concurrency if the account keeps at least 100 unreserved.',
      'If the account is the limit, ask for a higher concurrency quota, and throttle the stage meanwhile.',
    ],
    snippets: first
      ? [
          bash(
            'See the limits',
            `aws lambda get-function-concurrency --function-name ${shell(first.ref.name)} --region ${shell(first.ref.region)}`,
            `aws lambda get-account-settings --region ${shell(first.ref.region)} --query AccountLimit`,
          ),
          bash(
            `Give it ${roomOf(first)} environments of its own (ask first where somebody set it to 0)`,
            `aws lambda put-function-concurrency --function-name ${shell(first.ref.name)} --reserved-concurrent-executions ${roomOf(first)} --region ${shell(first.ref.region)}`,
          ),
          ...functionInCode(
            'Keep the reservation in code',
            first.ref.name,
            { ReservedConcurrentExecutions: roomOf(first) },
            { reserved_concurrent_executions: roomOf(first) },
          ),
        ]
      : [],
  };
}
