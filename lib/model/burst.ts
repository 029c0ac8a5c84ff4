// What the metrics of a burst add up to: how many failures, how many of them the functions account for, how many requests
// reached no function at all. The arithmetic that several causes share; all of it from numbers no caller can forge.
import type { FunctionKeyed } from './deployed.ts';
import { functionsLookedAt, functionsOf } from './deployed.ts';
import { wasLookedAt, type Evidence } from './evidence.ts';
import type { DeployedApi, GatewayMetrics, Series } from './kinds/api.ts';
import type { FunctionMetrics } from './kinds/function.ts';
import { failingMinutes, inBurst, sum, sumIn, unexplained } from './series.ts';

export interface Burst {
  /** The minutes with 5xx, the newest five minutes of them. */
  readonly minutes: readonly number[];
  readonly failures: number;
  readonly requests: number;
  /** Answers with 4xx in these minutes. */
  readonly clientErrors: number;
  /** Failures that no function's Errors or Throttles account for. */
  readonly unexplained: number;
  /** Requests that reached no function; undefined where other integrations could have taken them. */
  readonly uninvoked?: number;
}

/** The burst in numbers; undefined while the gateway's metrics show no failure (yet). */
export function burstOf(api: DeployedApi, gateway: Evidence<GatewayMetrics>, functions: Evidence<FunctionMetrics>): Burst | undefined {
  if (gateway.state === 'missing') return undefined;
  const minutes = failingMinutes(gateway.value);
  if (minutes.length === 0) return undefined;
  const metrics = metricsOf(functions);
  const uninvoked = metrics && onlyFunctions(api) ? uninvokedIn(gateway.value, metrics, minutes) : undefined;
  return {
    minutes,
    failures: sumIn(gateway.value.serverErrors, minutes),
    requests: sumIn(gateway.value.count, minutes),
    clientErrors: sumIn(gateway.value.clientErrors, minutes),
    unexplained: unexplained(gateway.value, metrics, minutes),
    ...(uninvoked === undefined ? {} : { uninvoked }),
  };
}

/** Lambda publishes nothing for a function that is not called: no datapoint over the whole span is no invocation, unlike metrics that are late or denied. */
function metricsOf(functions: Evidence<FunctionMetrics>): FunctionMetrics | undefined {
  if (functions.state === 'got') return functions.value;
  return functions.why === 'empty' && wasLookedAt(functions) ? { periodMs: 60_000, functions: {} } : undefined;
}

/** Whether every route but mocks leads to a function whose metrics are looked at. */
function onlyFunctions(api: DeployedApi): boolean {
  const others = api.routes.some((r) => r.integration && !r.integration.function && r.integration.type !== 'MOCK');
  return !others && functionsOf(api).length <= functionsLookedAt;
}

function uninvokedIn(gateway: GatewayMetrics, functions: FunctionMetrics, minutes: readonly number[]): number {
  const invoked = Object.values(functions.functions).reduce(
    (all, f) => all + sumIn(f.invocations, minutes) + sumIn(f.throttles, minutes),
    0,
  );
  return Math.max(0, sumIn(gateway.count, minutes) - sumIn(gateway.clientErrors, minutes) - invoked);
}

/** A share of the failures from which on a sign is more than noise. */
const half = 0.5;

/**
 * Whether the numbers say that calls to this function were turned away before it ran: 5xx up while its invocations fell
 * short of what they were, or requests of the stage that reached no function, or everything fails and it is silent.
 */
function neverReached(f: FunctionKeyed, burst: Burst, functions: Evidence<FunctionMetrics>): boolean {
  const all = metricsOf(functions);
  if (burst.unexplained === 0 || !all) return false;
  const metrics = all.functions[f.key];
  const invoked = inBurst(metrics, burst.minutes)?.invocations ?? 0;
  const short = metrics ? expected(metrics.invocations, burst.minutes) - invoked : 0;
  if (short >= half * burst.unexplained) return true;
  if (burst.uninvoked !== undefined && burst.uninvoked >= half * burst.unexplained) return true;
  return invoked === 0 && burst.failures >= 0.9 * burst.requests;
}

/**
 * Which of the functions with something wrong this burst is the fault of. What is wrong is a fact; that requests fail by it needs a
 * sign: the gateway's own words in a log (`said`), or numbers that say calls never arrived. No failure left to explain clears them all.
 */
export function faultOf(burst: Burst | undefined, said: boolean, functions: Evidence<FunctionMetrics>): (f: FunctionKeyed) => boolean {
  return (f) => burst?.unexplained !== 0 && (said || (burst !== undefined && neverReached(f, burst, functions)));
}

/** What the minutes of the burst would have had at the pace from before it. */
export function expected(series: Series, minutes: readonly number[]): number {
  const first = minutes[0] ?? 0;
  const before = series.at.filter((at) => at < first);
  return before.length === 0 ? 0 : (sum(series, -Infinity, first) / before.length) * minutes.length;
}
