// What load balancers counted in the minutes of a burst, where it says whose fault it is: the targets' own 5xx, connections to them that failed.
import type { Burst } from '../../model/burst.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { BalancerMetrics, LoadBalancerMetrics } from '../../model/kinds/network.ts';
import { sum, sumIn } from '../../model/series.ts';

/** A load balancer that accounts for failures of the burst. */
export interface Counted {
  /** Key of the load balancer, its ARN or its name. */
  readonly balancer: string;
  readonly count: number;
}

/** A share of the open failures from which on a count is their reason. */
const half = 0.5;

function counted(
  metrics: Evidence<LoadBalancerMetrics>,
  burst: Burst | undefined,
  of: (m: BalancerMetrics, minutes: readonly number[]) => number,
): readonly Counted[] {
  if (metrics.state === 'missing' || !burst) return [];
  return Object.entries(metrics.value.balancers).flatMap(([balancer, m]) => {
    const count = of(m, burst.minutes);
    return count >= half * burst.unexplained ? [{ balancer, count }] : [];
  });
}

/** Targets that answer 5xx themselves, and more of it than the load balancer does. */
export const failingTargets = (metrics: Evidence<LoadBalancerMetrics>, burst: Burst | undefined): readonly Counted[] =>
  counted(metrics, burst, (m, minutes) => {
    const own = sumIn(m.ownErrors, minutes);
    const theirs = sumIn(m.targetErrors, minutes);
    return theirs > own ? theirs : 0;
  });

/** Connections to targets that failed or were reset. */
export const failedConnections = (metrics: Evidence<LoadBalancerMetrics>, burst: Burst | undefined): readonly Counted[] =>
  counted(metrics, burst, (m, minutes) => sumIn(m.connectionErrors, minutes));

/** The shapes behind them, without a burst to compare with. */
export function countedAtAll(
  metrics: LoadBalancerMetrics,
  of: 'targetErrors' | 'connectionErrors',
  words: (name: string, count: number) => string,
): string | undefined {
  const hit = Object.entries(metrics.balancers).find(([, m]) => sum(m[of]) > 0);
  return hit && words(hit[0], sum(hit[1][of]));
}
