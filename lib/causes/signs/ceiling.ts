// The gateway's own limit seen from outside: the slowest answer of a failing minute stands at the time the gateway waits.
import type { Burst } from '../../model/burst.ts';
import { timeoutsOf, type DeployedFunction } from '../../model/deployed.ts';
import type { Got } from '../../model/evidence.ts';
import type { DeployedApi, GatewayMetrics } from '../../model/kinds/api.ts';
import type { FunctionFact } from '../../model/kinds/function.ts';
import { failingMinutes, minuteMs, slowestMs } from '../../model/series.ts';

/** Requests that ran into the limit end just above it: 29,009 and 29,011 ms were seen at 29,000 (messages.md §8). */
const belowMs = 100;
const aboveMs = 1500;

/** The gateway limit that the slowest answers of these minutes stand at; undefined when they stand at none. */
export function ceilingOf(api: DeployedApi, gateway: GatewayMetrics, minutes: readonly number[]): number | undefined {
  const slowest = minutes.map((at) => slowestMs(gateway, [at])).filter((ms) => ms !== undefined);
  return timeoutsOf(api).find((limit) => slowest.some((ms) => ms >= limit - belowMs && ms <= limit + aboveMs));
}
/** Whether a duration reached that limit too. */
export const reaches = (durationMs: number | undefined, limitMs: number): boolean =>
  durationMs !== undefined && durationMs >= limitMs - belowMs;

/**
 * The minutes of the burst whose invocations have surely ended and been counted: Lambda stamps a datapoint at the start of an
 * invocation and shows it after its end (evidence.md §3), so before that "Duration stays low" may just mean "still running".
 */
export function endedMinutes(
  burst: Burst,
  functions: readonly DeployedFunction[],
  facts: Readonly<Record<string, FunctionFact>>,
  gateway: Got<GatewayMetrics>,
): readonly number[] {
  const longest = Math.max(0, ...functions.map((f) => (facts[f.key]?.timeoutSeconds ?? 900) * 1000)); // 900 s is the most Lambda allows
  return burst.minutes.filter((at) => at + minuteMs + longest + minuteMs <= gateway.to);
}

/** From here on an answer is slow enough to be worth asking where the gateway's limit is. */
const slowMs = 1000;

/** Where no failure is counted, only an answer as slow as the gateway's default limit is a sign (fixes.md §9). */
const defaultLimitMs = 29_000 - belowMs;

/** The minutes in which anything was answered. */
export const answeredMinutes = (gateway: GatewayMetrics): readonly number[] => [
  ...new Set([...gateway.integrationLatencyMaxMs.at, ...gateway.latencyMaxMs.at]),
];

/** The shape both kinds of lateness share: slow answers in the failing minutes. */
export function slowAnswers(gateway: GatewayMetrics): string | undefined {
  const failing = failingMinutes(gateway);
  const slowest = slowestMs(gateway, failing.length > 0 ? failing : answeredMinutes(gateway));
  return slowest !== undefined && slowest >= (failing.length > 0 ? slowMs : defaultLimitMs)
    ? `the slowest answer ${failing.length > 0 ? 'of the failing minutes ' : ''}took ${Math.round(slowest)} ms`
    : undefined;
}
