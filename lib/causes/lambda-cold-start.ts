// New environments of the function come up too slowly: the gateway gives up while the function's own duration stays well below
// its limit and concurrency steps up. From metrics alone, which no caller can forge (causes.md).
import { functionKey, type StageRef } from '../model/api.ts';
import { bash, functionArgs } from '../model/advice.ts';
import { warmInCode } from './signs/code-of-functions.ts';
import { burstOf, type Burst } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { ceilingOf, endedMinutes, reaches, slowAnswers } from './signs/ceiling.ts';
import { functionSays } from './signs/clue-lines.ts';
import { functionsOf, type DeployedFunction } from '../model/deployed.ts';
import { kindOfError } from './signs/error-words.ts';
import type { Evidence, EvidenceSet, Got } from '../model/evidence.ts';
import type { ColdStartFacts } from '../model/facts/lambda.ts';
import type { DeployedApi, GatewayMetrics } from '../model/kinds/api.ts';
import type { FunctionMetrics } from '../model/kinds/function.ts';
import type { LogLines } from '../model/kinds/log.ts';
import { inBurst, median, minuteMs, peak, peakIn, sumIn } from '../model/series.ts';
import { functionSince, gatewaySince, successesNeeded } from './signs/since.ts';

const looksAt = ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'functionConfig', 'functionLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** Lambda's limit on the init phase, 10 s, with room for rounding. */
const initLimitMs = 9_900;
/** Concurrency in the failing minutes against before: a step, not the breathing of a steady load. */
const step = 1.5;

export default cause({
  id: 'lambda-cold-start',
  title: 'New Lambda environments start too slowly for the gateway',
  about: {
    is: 'New environments of a function come up later than the gateway waits; warm ones answer in time.',
    told: 'The slowest answers stand at a deployed timeout, the function’s concurrency stepped up, and its own duration stayed below that timeout once its invocations had ended. Where Lambda’s log shows an init phase that ran into its 10 seconds, a long duration does not speak against it: it holds the start as well.',
    withoutLogs: 'Confirmed all the same: the metrics are enough.',
  },
  looksAt,
  explains: ['integration-timeout'],
  clues: [
    {
      ...functionSays(
        ['Init Duration'],
        String.raw`Init Duration: \d{4,6}(?:\.\d{1,3})? ms`,
        'messages.md §4 (REPORT of a first invocation, a second or more)',
      ),
      hint: true,
    },
    {
      kind: 'shape',
      in: 'functionLog',
      shape: slowStartAlone,
      title: 'a start took a second or longer, and no line names an error',
      names: true,
      source: 'messages.md §4',
    },
    functionSays(['INIT_REPORT'], String.raw`INIT_REPORT Init Duration: [\d.]{1,10} ms.{0,40}Status: timeout`, 'messages.md §4'),
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: slowAnswers,
      title: 'the slowest answer of a failing minute took a second or longer',
      source: 'causes.md, lambda-cold-start (Confirm)',
    },
    {
      kind: 'shape',
      in: 'functionMetrics',
      shape: steps,
      title: 'a function’s concurrency stepped up',
      source: 'causes.md, lambda-cold-start (Confirm)',
    },
  ],
  confirm,
  healed,
  advice,
});

/** A second or more: below, a start is no news. */
const slowInitMs = 1000;
const anError = /\bERROR\b|Error: |Error\b.{0,3}:|Exception|Traceback|panic: /;

/** Every runtime has starts of a second or two: where the log names an error, that one is the story, and not how long the start took. */
function slowStartAlone({ lines }: LogLines): string | undefined {
  const own = lines.filter((line) => line.log === 'function');
  const failed = own.some(({ text }) => (anError.test(text) || kindOfError(text) !== undefined) && kindOfError(text) !== 'timeout');
  return failed ? undefined : own.find(({ text }) => initMsIn(text) >= slowInitMs && !ranLong(text))?.text;
}

/** A run that Lambda stopped at its limit, many times longer than its start took, was slow in itself: the start is no part of that duration. */
function ranLong(text: string): boolean {
  const duration = text.includes('Status: timeout') ? /(?:^|\s)Duration: (\d{1,7}(?:\.\d{1,3})?) ms/.exec(text)?.[1] : undefined;
  return duration !== undefined && Number(duration) > manyTimes * initMsIn(text);
}
const manyTimes = 5;

function steps(metrics: FunctionMetrics): string | undefined {
  const hit = Object.entries(metrics.functions).find(([, f]) => stepAt(f.concurrentMax, newestOf(f.concurrentMax) - 4 * minuteMs));
  return hit && `the concurrency of ${hit[0]} stepped up to ${peak(hit[1].concurrentMax) ?? 0}`;
}
type Concurrency = FunctionMetrics['functions'][string]['concurrentMax'];
const newestOf = (series: Concurrency): number => series.at.at(-1) ?? 0;
/** Whether the peak from `at` on stands clearly above what was usual before (the median: spikes come back); a function that was idle steps up from nothing. */
const stepAt = (series: Concurrency, at: number): boolean => (peak(series, at) ?? 0) >= Math.max(1, step * (median(series, at) ?? 0));

function confirm(e: Seen): Verdict<ColdStartFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.gatewayMetrics.state === 'missing') return unproven(lacking('gatewayMetrics', e.gatewayMetrics));
  if (e.functionMetrics.state === 'missing') return unproven(lacking('functionMetrics', e.functionMetrics));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return unproven(lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'));
  const timeoutMs = ceilingOf(e.deployedApi.value, e.gatewayMetrics.value, burst.minutes);
  if (timeoutMs === undefined) return ruledOut(ref('gatewayMetrics', e.gatewayMetrics, 'the gateway did not run into its limit'));
  return late(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics, e, burst, timeoutMs);
}

function late(
  api: DeployedApi,
  gateway: Got<GatewayMetrics>,
  functions: Got<FunctionMetrics>,
  e: Seen,
  burst: Burst,
  timeoutMs: number,
): Verdict<ColdStartFacts> {
  const behind = functionsOf(api).filter((f) => f.routes.some((r) => r.integration.timeoutMs === timeoutMs));
  const metrics = functions.value.functions;
  const again = initTimedOut(e.functionLog, burst.minutes[0] ?? 0);
  if (!again && behind.some((f) => reaches(inBurst(metrics[f.key], begunIn(burst.minutes))?.durationMaxMs, timeoutMs)))
    return ruledOut(ref('functionMetrics', functions, 'the function itself ran as long as the gateway waits'));
  const first = coldest(behind, metrics, burst);
  if (!first) return ruledOut(ref('functionMetrics', functions, 'no function behind that limit stepped up in concurrency'));
  const facts: ColdStartFacts = { ref: first.ref, peakConcurrency: peakOf(first, metrics, burst), timeoutMs };
  if (
    api.routes.some(
      (r) => r.integration && !r.integration.function && r.integration.type !== 'MOCK' && r.integration.timeoutMs === timeoutMs,
    )
  )
    return agreeing(
      facts,
      lacking('functionMetrics', functions, 'other integrations wait as long: which of them was slow is not told by the metrics'),
    );
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const ended = endedMinutes(burst, behind, config, gateway);
  if (!again && (ended.length === 0 || ceilingOf(api, gateway.value, ended) === undefined))
    return agreeing(facts, {
      kind: 'functionMetrics',
      why: 'late',
      detail: 'whether the function is slow or only started late is known when its invocations have ended',
    });
  const proof = evidence(first, gateway, functions, burst, timeoutMs);
  return confirmed(facts, again ? [...proof, ref('functionLog', e.functionLog, again.slice(0, 200))] : proof, burst.unexplained);
}

/** The gateway counts a request when it ends, Lambda a run when it begins: up to a wait earlier, which is the minute before. */
const begunIn = (minutes: readonly number[]): readonly number[] => [...new Set(minutes.flatMap((at) => [at - minuteMs, at]))];

/**
 * Lambda stops the init phase after 10 s and runs it again inside the first invocation (messages.md §4): then Duration holds
 * the start as well, and a long one does not mean a slow function.
 */
function initTimedOut(log: Evidence<LogLines>, from: number): string | undefined {
  const lines = log.state === 'got' ? log.value.lines.filter((line) => line.at >= from) : [];
  return lines.find(
    ({ text }) =>
      (text.includes('INIT_REPORT') && text.includes('Phase: init') && text.includes('Status: timeout')) || initMsIn(text) >= initLimitMs,
  )?.text;
}
const initMsIn = (text: string): number => Number(/\bInit Duration: ([\d.]{1,10}) ms/.exec(text)?.[1] ?? 0);

const peakOf = (f: DeployedFunction, metrics: FunctionMetrics['functions'], burst: Burst): number =>
  peakIn(metrics[f.key]?.concurrentMax ?? { at: [], values: [] }, burst.minutes) ?? 0;

/** The function that stepped up, ran without errors of its own, and has the highest peak. */
function coldest(behind: readonly DeployedFunction[], metrics: FunctionMetrics['functions'], burst: Burst): DeployedFunction | undefined {
  const from = burst.minutes[0] ?? 0;
  const stepped = behind.filter((f) => {
    const m = metrics[f.key];
    return m !== undefined && stepAt(m.concurrentMax, from - minuteMs) && sumIn(m.errors, burst.minutes) < burst.failures / 2;
  });
  return [...stepped].sort((a, b) => peakOf(b, metrics, burst) - peakOf(a, metrics, burst) || (a.key < b.key ? -1 : 1))[0];
}

function evidence(f: DeployedFunction, gateway: Got<GatewayMetrics>, functions: Got<FunctionMetrics>, burst: Burst, timeoutMs: number) {
  const seen = inBurst(functions.value.functions[f.key], burst.minutes);
  return [
    ref('gatewayMetrics', gateway, `the slowest answers stand at ${timeoutMs} ms, where the gateway gives up`),
    ref(
      'functionMetrics',
      functions,
      `${f.key} ran at most ${Math.round(seen?.durationMaxMs ?? 0)} ms, while its concurrency stepped up to ${seen?.concurrentMax ?? 0}`,
    ),
  ];
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: ColdStartFacts): Healed {
  const gateway = gatewaySince(e.gatewayMetrics, sinceAt);
  const own = functionSince(e.functionMetrics, functionKey(facts.ref), sinceAt);
  if (gateway && gateway.failures > 0 && reaches(gateway.slowestMs, facts.timeoutMs))
    return { is: 'stillThere', by: [ref('gatewayMetrics', e.gatewayMetrics, 'answers still stand at the limit')] };
  const enough =
    gateway &&
    own &&
    gateway.minutes >= 2 &&
    own.invocations >= successesNeeded &&
    gateway.slowestMs !== undefined &&
    !reaches(gateway.slowestMs, facts.timeoutMs);
  return enough
    ? {
        is: 'healed',
        by: [
          ref(
            'gatewayMetrics',
            e.gatewayMetrics,
            `the slowest of ${gateway.requests} requests since took ${Math.round(gateway.slowestMs)} ms`,
          ),
          ref('functionMetrics', e.functionMetrics, `${own.invocations} invocations since`),
        ],
      }
    : { is: 'tooEarly', missing: [lacking('gatewayMetrics', e.gatewayMetrics, 'too few requests since')] };
}

function advice(facts: ColdStartFacts | undefined): Advice {
  return {
    summary: facts
      ? `New environments of ${functionKey(facts.ref)} come up later than the gateway waits (${facts.timeoutMs / 1000} s); warm ones answer in time.`
      : 'New environments come up later than the gateway waits.',
    steps: [
      facts?.ref.qualifier
        ? 'Keep environments warm with provisioned concurrency on the alias the API calls.'
        : 'Let the API call an alias: provisioned concurrency works on aliases and versions only.',
      'Shorten the start: a smaller package, fewer libraries loaded at init, more memory (it brings CPU).',
      'Pinging the function keeps one environment warm and no more.',
    ],
    snippets: facts?.ref.qualifier
      ? [
          bash(
            `Keep ${facts.peakConcurrency} environments warm (it costs until it is taken down)`,
            `aws lambda put-provisioned-concurrency-config ${functionArgs(facts.ref)} --provisioned-concurrent-executions ${Math.max(1, Math.ceil(facts.peakConcurrency))}`,
          ),
          ...warmInCode(facts.ref.name, facts.ref.qualifier, Math.max(1, Math.ceil(facts.peakConcurrency))),
        ]
      : [],
  };
}
