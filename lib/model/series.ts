// Sums over metrics, minute by minute: what the burst's minutes are, and what happened in them. A minute without a datapoint
// is unknown in a series that counts errors, and nobody reads it as zero where that matters.
import type { FunctionMetrics } from './kinds/function.ts';
import type { GatewayMetrics, Series } from './kinds/api.ts';

export const minuteMs = 60_000;
/** CloudWatch's API Gateway and Lambda metrics may arrive late: the last two minutes are not complete (evidence.md §3). */
export const metricLagMs = 2 * minuteMs;

export const minuteOf = (at: number): number => Math.floor(at / minuteMs) * minuteMs;
export const nextMinute = (at: number): number => Math.ceil(at / minuteMs) * minuteMs;

const points = (series: Series, pick: (at: number) => boolean): readonly number[] =>
  series.at.flatMap((at, i) => (pick(at) ? [series.values[i] ?? 0] : []));
const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The sum over `[from, to)`. */
export const sum = (series: Series, from = -Infinity, to = Infinity): number => add(points(series, (at) => at >= from && at < to));
/** The largest value in `[from, to)`; undefined without a datapoint. */
export function peak(series: Series, from = -Infinity, to = Infinity): number | undefined {
  const values = points(series, (at) => at >= from && at < to);
  return values.length === 0 ? undefined : Math.max(...values);
}
/** The middle value before `to`; undefined without a datapoint. */
export function median(series: Series, to: number): number | undefined {
  const values = points(series, (at) => at < to).toSorted((a, b) => a - b);
  return values[Math.floor((values.length - 1) / 2)];
}
/** The sum over exactly these minutes. */
export function sumIn(series: Series, minutes: readonly number[]): number {
  const wanted = new Set(minutes);
  return add(points(series, (at) => wanted.has(at)));
}
export function peakIn(series: Series, minutes: readonly number[]): number | undefined {
  const wanted = new Set(minutes);
  const values = points(series, (at) => wanted.has(at));
  return values.length === 0 ? undefined : Math.max(...values);
}

/** How far back the minutes of the burst are taken: an older fault of the same incident must not speak for the present one. */
const burstMs = 5 * minuteMs;

/** The minutes of this incident in which the gateway answered 5xx, the last five minutes of them. */
export function failingMinutes(gateway: GatewayMetrics): readonly number[] {
  const failing = gateway.serverErrors.at.filter((at, i) => at >= (gateway.burstFrom ?? 0) && (gateway.serverErrors.values[i] ?? 0) > 0);
  const last = failing.at(-1) ?? 0;
  return failing.filter((at) => at > last - burstMs);
}

/** What a function's metrics say of the burst's minutes. */
export interface InBurst {
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly durationMaxMs?: number;
  readonly concurrentMax?: number;
}
export function inBurst(metrics: FunctionMetrics['functions'][string] | undefined, minutes: readonly number[]): InBurst | undefined {
  if (!metrics) return undefined;
  const durationMaxMs = peakIn(metrics.durationMaxMs, minutes);
  const concurrentMax = peakIn(metrics.concurrentMax, minutes);
  return {
    invocations: sumIn(metrics.invocations, minutes),
    errors: sumIn(metrics.errors, minutes),
    throttles: sumIn(metrics.throttles, minutes),
    ...(durationMaxMs === undefined ? {} : { durationMaxMs }),
    ...(concurrentMax === undefined ? {} : { concurrentMax }),
  };
}

/** 5xx of the burst that no function's Errors and Throttles account for; never below 0. */
export function unexplained(gateway: GatewayMetrics, functions: FunctionMetrics | undefined, minutes: readonly number[]): number {
  const own = Object.values(functions?.functions ?? {}).map((f) => sumIn(f.errors, minutes) + sumIn(f.throttles, minutes));
  return Math.max(0, sumIn(gateway.serverErrors, minutes) - add(own));
}

/** The slowest answer of these minutes: the integration's where the gateway tells it, else the whole request's. */
export function slowestMs(gateway: GatewayMetrics, minutes: readonly number[]): number | undefined {
  return peakIn(gateway.integrationLatencyMaxMs, minutes) ?? peakIn(gateway.latencyMaxMs, minutes);
}

/** The shape of any burst: that it is there. Causes that two free reads settle are looked at whenever it is. */
export function failures(gateway: GatewayMetrics): string | undefined {
  const minutes = failingMinutes(gateway);
  return minutes.length === 0 ? undefined : `${sumIn(gateway.serverErrors, minutes)} answers with 5xx in ${minutes.length} minutes`;
}
