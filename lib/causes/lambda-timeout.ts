// The function ran into its own Timeout, before the gateway lost patience: Errors rise, Duration stands at the limit, the
// client sees 502 (REST) or 500 (HTTP). Told from integration-timeout by which of the two limits is lower.
import { functionKey } from '../model/api.ts';
import { bash, functionArgs, listed, shell } from '../model/advice.ts';
import { functionInCode } from './signs/code-of-functions.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { accessSays, functionErrors, functionSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, type DeployedFunction } from '../model/deployed.ts';
import { timedOut } from './signs/error-vocabulary.ts';
import type { EvidenceSet, MissingRef } from '../model/evidence.ts';
import type { LambdaTimeoutFacts } from '../model/facts/lambda.ts';
import type { FunctionFact } from '../model/kinds/function.ts';
import { inBurst, peak } from '../model/series.ts';
import { durationMsIn } from './signs/report-lines.ts';
import { eachOf, functionSince, successesNeeded } from './signs/since.ts';
import type { StageRef } from '../model/api.ts';

const looksAt = ['deployedApi', 'functionConfig', 'functionMetrics', 'gatewayMetrics', 'functionLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type TimedOut = LambdaTimeoutFacts['functions'][number];

/** Duration reaches Timeout × 1000 when a function is stopped; causes.md allows 50 ms below. */
const slackMs = 50;

export default cause({
  id: 'lambda-timeout',
  title: 'The Lambda function ran into its own timeout',
  about: {
    is: 'The function is stopped at its own timeout, before the gateway loses patience: 502 (REST) or 500 (HTTP).',
    told: 'The function had errors in the failing minutes, its duration stands at its configured timeout, and that timeout is below the gateway’s.',
    withoutLogs: 'Confirmed all the same: the metrics and the configuration are enough.',
  },
  looksAt,
  clues: [
    gatewaySays(
      ['due to customer function error'],
      `Lambda execution failed with status 200 due to customer function error: .{0,120}${timedOut} [\\d.]{1,10} seconds`,
      'messages.md §2',
    ),
    // Reports of 2017 and 2018: the gateway dumps the error object and calls it malformed (messages.md §9).
    gatewaySays(
      ['Endpoint response body before transformations'],
      String.raw`Endpoint response body before transformations: \{.{0,120}${timedOut} [\d.]{1,10} seconds`,
      'messages.md §9',
    ),
    accessSays([timedOut], `${timedOut} [\\d.]{1,10} seconds`, 'messages.md §4'),
    functionSays([timedOut], `${timedOut} [\\d.]{1,10} seconds`, 'messages.md §4'),
    functionSays(['Status: timeout'], String.raw`\bStatus: timeout\b`, 'messages.md §4', ['Phase: init']),
    functionSays(['platform.report', 'platform.runtimeDone'], String.raw`"status"\s{0,2}:\s{0,2}"timeout"`, 'messages.md §4 (JSON logs)'),
    functionErrors('causes.md, lambda-timeout (Confirm)'),
  ],
  confirm,
  healed,
  advice,
});

function confirm(e: Seen): Verdict<LambdaTimeoutFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  if (e.functionConfig.state === 'missing') return unproven(lacking('functionConfig', e.functionConfig));
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  if (e.functionMetrics.state === 'missing')
    return withoutNumbers(functionsOf(e.deployedApi.value), e, lacking('functionMetrics', e.functionMetrics));
  if (!burst)
    return withoutNumbers(
      functionsOf(e.deployedApi.value),
      e,
      lacking('gatewayMetrics', e.gatewayMetrics, 'the minutes of the burst are not seen yet'),
    );
  const { functions: config } = e.functionConfig.value;
  const { functions: metrics } = e.functionMetrics.value;
  const functions = functionsOf(e.deployedApi.value);
  const stopped = functions.flatMap((f) => stoppedIn(f, config[f.key], inBurst(metrics[f.key], burst.minutes)));
  if (stopped.length > 0)
    return confirmed(
      { functions: stopped },
      [
        ref(
          'functionMetrics',
          e.functionMetrics,
          stopped.map((s) => `${functionKey(s.ref)} had ${s.errors} errors and ran up to its limit of ${s.timeoutSeconds} s`).join('; '),
        ),
        ref(
          'functionConfig',
          e.functionConfig,
          `the gateway would have waited ${stopped.map((s) => s.gatewayTimeoutMs / 1000).join(', ')} s`,
        ),
      ],
      stopped.reduce((all, s) => all + s.errors, 0),
    );
  const unread = functions.filter((f) => config[f.key]?.timeoutSeconds === undefined && config[f.key]?.exists !== false);
  return unread.length > 0
    ? unproven(lacking('functionConfig', e.functionConfig, `the timeout of ${listed(unread.map((f) => f.key))} is not known`))
    : ruledOut(ref('functionMetrics', e.functionMetrics, 'no function ran up to its own limit with an error in the failing minutes'));
}

function stoppedIn(f: DeployedFunction, fact: FunctionFact | undefined, seen: ReturnType<typeof inBurst>): readonly TimedOut[] {
  const gatewayTimeoutMs = Math.max(...f.routes.map((r) => r.integration.timeoutMs));
  const timeoutSeconds = fact?.timeoutSeconds;
  if (!seen || timeoutSeconds === undefined || seen.errors === 0) return [];
  const atLimit = (seen.durationMaxMs ?? 0) >= timeoutSeconds * 1000 - slackMs;
  return atLimit && timeoutSeconds * 1000 < gatewayTimeoutMs ? [{ ref: f.ref, timeoutSeconds, gatewayTimeoutMs, errors: seen.errors }] : [];
}

/** Failures are not counted (yet). A run that ended at the function's own limit, and not long after it, agrees with it. */
function withoutNumbers(functions: readonly DeployedFunction[], e: Seen, missing: MissingRef): Verdict<LambdaTimeoutFacts> {
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const metrics = e.functionMetrics.state === 'got' ? e.functionMetrics.value.functions : {};
  const told = e.functionLog.state === 'got' ? e.functionLog.value.lines.flatMap(({ text }) => durationMsIn(text) ?? []) : [];
  const stopped = functions.flatMap((f): readonly TimedOut[] => {
    const timeoutSeconds = config[f.key]?.timeoutSeconds;
    const gatewayTimeoutMs = Math.min(...f.routes.map((r) => r.integration.timeoutMs));
    if (timeoutSeconds === undefined || timeoutSeconds * 1000 >= gatewayTimeoutMs) return [];
    const longest = peak(metrics[f.key]?.durationMaxMs ?? { at: [], values: [] });
    const ran = [...told, ...(longest === undefined ? [] : [longest])];
    return ran.some((ms) => ms >= timeoutSeconds * 1000 - slackMs && ms <= timeoutSeconds * 1000 + overrunMs)
      ? [{ ref: f.ref, timeoutSeconds, gatewayTimeoutMs, errors: 0 }]
      : [];
  });
  return stopped.length === 0 ? unproven(missing) : agreeing({ functions: stopped }, missing);
}
/** Stopped runs report up to some 20 ms more than their limit (messages.md §4). */
const overrunMs = 200;

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: LambdaTimeoutFacts): Healed {
  const since = facts.functions.map((f) => ({ f, seen: functionSince(e.functionMetrics, functionKey(f.ref), sinceAt) }));
  const config = e.functionConfig.state === 'got' ? e.functionConfig.value.functions : {};
  const limitMs = (f: TimedOut): number => (config[functionKey(f.ref)]?.timeoutSeconds ?? f.timeoutSeconds) * 1000;
  const still = since.filter(({ f, seen }) => (seen?.errors ?? 0) > 0 && (seen?.durationMaxMs ?? 0) >= limitMs(f) - slackMs);
  if (still.length > 0)
    return {
      is: 'stillThere',
      by: [ref('functionMetrics', e.functionMetrics, `${listed(still.map(({ f }) => functionKey(f.ref)))} still runs into its limit`)],
    };
  const enough = eachOf(
    since,
    ({ f, seen }) =>
      seen !== undefined &&
      seen.minutes >= 2 &&
      seen.invocations - seen.errors >= successesNeeded &&
      (seen.durationMaxMs ?? Infinity) < limitMs(f) - slackMs,
  );
  return enough
    ? { is: 'healed', by: [ref('functionMetrics', e.functionMetrics, 'invoked since, and every run ended below the limit')] }
    : { is: 'tooEarly', missing: [lacking('functionMetrics', e.functionMetrics, 'too few invocations since')] };
}

/** One second below the gateway's, so that the function's own error is what is seen. */
const below = ({ gatewayTimeoutMs }: LambdaTimeoutFacts['functions'][number]): number =>
  Math.max(1, Math.floor(gatewayTimeoutMs / 1000) - 1);

function advice(facts: LambdaTimeoutFacts | undefined): Advice {
  const first = facts?.functions[0];
  return {
    summary: first
      ? `${functionKey(first.ref)} is stopped after ${first.timeoutSeconds} s, its own limit; the gateway would wait ${first.gatewayTimeoutMs / 1000} s.`
      : 'A function is stopped at its own limit.',
    steps: [
      'Find what it waits for: the last log line before "Task timed out", or the slowest X-Ray subsegment. A slow dependency is the more common root.',
      'If a release just went out, point the alias back at the version before it.',
      first
        ? `Raise the timeout only if the work would finish: at most ${below(first)} s, one second below the gateway's.`
        : "Raise the timeout only if the work would finish, and keep it below the gateway's.",
    ],
    snippets: first
      ? [
          bash(
            `See the configuration of ${functionKey(first.ref)}`,
            `aws lambda get-function-configuration ${functionArgs(first.ref)} --query '{Timeout:Timeout,Memory:MemorySize,Modified:LastModified}'`,
            `aws logs filter-log-events --log-group-name ${shell(`/aws/lambda/${first.ref.name}`)} --filter-pattern '"Task timed out"' --region ${shell(first.ref.region)}`,
          ),
          bash(
            `Give it ${below(first)} s (only if the work would finish)`,
            `aws lambda update-function-configuration --function-name ${shell(first.ref.name)} --timeout ${below(first)} --region ${shell(first.ref.region)}`,
          ),
          ...functionInCode('Keep the timeout in code', first.ref.name, { Timeout: below(first) }, { timeout: below(first) }),
        ]
      : [],
  };
}
