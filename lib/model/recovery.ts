// The rule for "5xx recovered": the 95 % Wilson upper bound of the share of 5xx since the change must be at most 10 %, or
// twice the share before the incident where that is more, over at least 30 requests. No traffic is not recovered.
import type { GatewayMetrics, Series } from './kinds/api.ts';
import type { Window } from './evidence.ts';

/** Two-sided 95 %: the normal quantile at 97.5 %. */
const z = 1.96;
/** Below this many requests nothing is judged: with 30 and no failure the upper bound is 11.4 %, with 35 it is 9.9 %. */
const leastRequests = 30;
/** A share of 5xx an upper bound may reach and still count as recovered. */
const recoveredBelow = 0.1;

/** The Wilson score interval for `hits` of `trials`: honest for few trials and shares near 0 and 1, unlike the normal one. */
export function wilson(hits: number, trials: number): { readonly lower: number; readonly upper: number } {
  if (trials <= 0) return { lower: 0, upper: 1 };
  const share = Math.min(1, hits / trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const middle = share + (z * z) / (2 * trials);
  const scale = 1 + (z * z) / trials;
  return { lower: Math.max(0, (middle - spread) / scale), upper: Math.min(1, (middle + spread) / scale) };
}

export interface Traffic {
  readonly requests: number;
  readonly failures: number;
  /** Whole minutes that had requests. */ readonly minutes: number;
}

/** Requests and 5xx of the whole minutes within a window. A minute with requests and no 5xx datapoint had none; one without a count is left out. */
export function trafficIn(metrics: GatewayMetrics, window: Window): Traffic {
  const failures = byMinute(metrics.serverErrors);
  let [requests, failed, minutes] = [0, 0, 0];
  metrics.count.at.forEach((at, i) => {
    if (at < window.from || at + metrics.periodMs > window.to) return;
    const count = metrics.count.values[i] ?? 0;
    if (count <= 0) return;
    requests += count;
    failed += Math.min(count, failures.get(at) ?? 0);
    minutes++;
  });
  return { requests, failures: failed, minutes };
}
const byMinute = (series: Series): ReadonlyMap<number, number> => new Map(series.at.map((at, i) => [at, series.values[i] ?? 0]));

/** The end of the last minute in which a request failed. */
export function lastFailingMinuteEnd(metrics: GatewayMetrics): number | undefined {
  const failing = metrics.serverErrors.at.filter((_, i) => (metrics.serverErrors.values[i] ?? 0) > 0);
  return failing.length === 0 ? undefined : Math.max(...failing) + metrics.periodMs;
}

export type Recovery =
  | { readonly is: 'recovered'; readonly since: Traffic; readonly upper: number }
  | { readonly is: 'failing'; readonly since: Traffic; readonly lower: number; readonly worse: boolean }
  | { readonly is: 'tooLittle'; readonly since: Traffic; readonly why: string };

export interface RecoveryInput {
  readonly metrics: GatewayMetrics;
  /** Whole minutes after the change was in force. */
  readonly since: Window;
  /** Before the incident. */
  readonly baseline: Traffic;
  /** From the first failure to the change. */
  readonly during: Traffic;
}

/** Judges the traffic since the change. `worse`: the share of 5xx is surely above what it was before the change. */
export function recovery({ metrics, since, baseline, during }: RecoveryInput): Recovery {
  const now = trafficIn(metrics, since);
  if (now.requests < leastRequests)
    return { is: 'tooLittle', since: now, why: `${now.requests} requests since the change; at least ${leastRequests} are needed to judge` };
  const allowed = allowedShare(baseline);
  const { lower, upper } = wilson(now.failures, now.requests);
  if (upper <= allowed) return { is: 'recovered', since: now, upper };
  // the first minute may still hold requests from before the change took hold everywhere: two are needed to say it fails
  if (lower > allowed && now.minutes >= 2 && stillFailing(metrics, since, allowed))
    return { is: 'failing', since: now, lower, worse: lower > wilson(during.failures, during.requests).upper };
  return {
    is: 'tooLittle',
    since: now,
    why: `${now.failures} of ${now.requests} requests failed since the change: too few minutes to tell whether that ends`,
  };
}

/** At most 10 %, or twice what was usual here. */
export const allowedShare = (baseline: Traffic): number =>
  Math.max(recoveredBelow, baseline.requests === 0 ? 0 : 2 * (baseline.failures / baseline.requests));

/** Whether the newest minute that had traffic still fails: a burst that ends is not judged by how it began. */
function stillFailing(metrics: GatewayMetrics, since: Window, allowed: number): boolean {
  const withTraffic = metrics.count.at.filter(
    (at, i) => at >= since.from && at + metrics.periodMs <= since.to && (metrics.count.values[i] ?? 0) > 0,
  );
  if (withTraffic.length === 0) return false;
  const last = Math.max(...withTraffic);
  const { requests, failures } = trafficIn(metrics, { from: last, to: last + metrics.periodMs });
  return requests > 0 && failures / requests > allowed;
}
