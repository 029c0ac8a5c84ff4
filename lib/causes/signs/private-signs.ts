// What the causes behind VPC links share: whether the burst is the fault of these ways. That a link, a target or a rule is at fault is a fact of
// the configuration; that requests fail by it needs a sign from metrics or the gateway's own words.
import { burstOf, type Burst } from '../../model/burst.ts';
import { ref, type Clue } from '../../model/cause.ts';
import type { Evidence, EvidenceRef } from '../../model/evidence.ts';
import type { DeployedApi, GatewayMetrics } from '../../model/kinds/api.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import type { LogLines } from '../../model/kinds/log.ts';
import type { BalancerMetrics, LoadBalancerMetrics } from '../../model/kinds/network.ts';
import { nameOf } from '../../model/deployed.ts';
import { only, waysOf, type Way } from '../../model/private-ways.ts';
import { sum, sumIn } from '../../model/series.ts';

export interface Seen {
  readonly deployedApi: Evidence<DeployedApi>;
  readonly gatewayMetrics: Evidence<GatewayMetrics>;
  readonly functionMetrics: Evidence<FunctionMetrics>;
  readonly loadBalancerMetrics: Evidence<LoadBalancerMetrics>;
  readonly executionLog: Evidence<LogLines>;
  readonly accessLog: Evidence<LogLines>;
}

/** Words of the gateway that several causes behind a VPC link share (messages.md §2, §6, §9; KC:api-gateway-500-error-vpc). */
export const internalError = 'There was an internal error while executing your request';
export const networkWords: readonly string[] = [
  internalError,
  'vpc link error',
  'INTEGRATION_NETWORK_FAILURE',
  'INTEGRATION_TIMEOUT',
  'etwork error communicating with endpoint',
  'due to a timeout error',
  'Endpoint request timed out',
  'Service Unavailable',
];

/** A share of the failures from which on a sign is more than noise. */
const half = 0.5;

export const burstIn = (e: Seen): Burst | undefined =>
  e.deployedApi.state === 'got' ? burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics) : undefined;

/**
 * A sign that requests fail on these ways; undefined without one. `atBalancer`: the load balancer itself may count the failures,
 * because requests get as far as it.
 */
export function signOf(
  e: Seen,
  ways: readonly Way[],
  keys: readonly string[],
  atBalancer: boolean,
  words = networkWords,
): EvidenceRef | undefined {
  if (e.deployedApi.state === 'missing') return undefined;
  const burst = burstIn(e);
  const counted = burst && metricSign(e, burst, ways, keys, atBalancer);
  if (counted) return counted;
  if (burst?.unexplained === 0) return undefined;
  const alone = onlyPrivate(e.deployedApi.value, ways);
  const line = alone ? lineWith(e, words) : undefined;
  return line;
}

function metricSign(e: Seen, burst: Burst, ways: readonly Way[], keys: readonly string[], atBalancer: boolean): EvidenceRef | undefined {
  if (e.deployedApi.state === 'missing') return undefined;
  const open = burst.unexplained;
  if (atBalancer) {
    const own = total(e, keys, (b) => Math.max(sumIn(b.ownErrors, burst.minutes), sumIn(b.connectionErrors, burst.minutes)));
    if (own > 0 && own >= half * open)
      return ref('loadBalancerMetrics', e.loadBalancerMetrics, `the load balancer counted ${own} errors in the failing minutes`);
  } else if (open > 0 && wentSilent(e, keys, burst.minutes))
    return ref(
      'loadBalancerMetrics',
      e.loadBalancerMetrics,
      'requests reached the load balancer before, and none did in the failing minutes',
    );
  if (only(e.deployedApi.value, ways) && burst.failures >= half * burst.requests && open > 0)
    return ref(
      'gatewayMetrics',
      e.gatewayMetrics,
      `${burst.failures} of ${burst.requests} requests fail, and every route with a backend leads there`,
    );
  return othersAreFunctions(e.deployedApi.value, ways) && e.functionMetrics.state === 'got' && open >= half * burst.failures && open > 0
    ? ref('gatewayMetrics', e.gatewayMetrics, `${open} failures that no function accounts for, and nothing else stands behind the stage`)
    : undefined;
}

const total = (e: Seen, keys: readonly string[], of: (b: BalancerMetrics) => number): number => {
  const all = e.loadBalancerMetrics.state === 'got' ? e.loadBalancerMetrics.value.balancers : {};
  return keys.reduce((n, key) => n + (all[key] ? of(all[key]) : 0), 0);
};

/** It had requests before the burst, and none in it: a load balancer that nothing reaches publishes nothing. */
function wentSilent(e: Seen, keys: readonly string[], minutes: readonly number[]): boolean {
  const before = total(e, keys, (b) => sum(b.requests, -Infinity, minutes[0]));
  return before > 0 && total(e, keys, (b) => sumIn(b.requests, minutes)) === 0;
}

const taken = (ways: readonly Way[]): ReadonlySet<string> => new Set(ways.flatMap((way) => way.routes));

/** Every other route ends at a function, whose own errors are counted, or at no backend at all. */
const othersAreFunctions = (api: DeployedApi, ways: readonly Way[]): boolean =>
  api.routes.every(
    (r) => !r.integration || r.integration.type === 'MOCK' || r.integration.function !== undefined || taken(ways).has(nameOf(r)),
  );

/** No other HTTP backend of the stage could be what the words speak of. */
const onlyPrivate = (api: DeployedApi, ways: readonly Way[]): boolean => othersAreFunctions(api, ways);

function lineWith(e: Seen, words: readonly string[]): EvidenceRef | undefined {
  for (const kind of ['executionLog', 'accessLog'] as const) {
    const log = e[kind];
    const found = log.state === 'got' ? log.value.lines.find((l) => words.some((w) => l.text.includes(w))) : undefined;
    if (found) return ref(kind, log, `a log says: ${found.text.slice(0, 120)}`);
  }
  return undefined;
}

/** A cheap reason to look: something private stands behind the stage. */
export const privateBackend = (source: string): Clue => ({
  kind: 'shape',
  in: 'deployedApi',
  title: 'an integration leads to a VPC link or a load balancer',
  shape: (api) => {
    const [way] = waysOf(api);
    return (
      way &&
      `${way.routes[0] ?? 'a route'} leads to ${way.link === undefined ? (way.balancer ?? way.service ?? '') : `VPC link ${way.link}`}`
    );
  },
  source,
});

/** Words several causes share, in execution and access logs: worth a look, no more. */
export const sharedWords = (gates: readonly string[], line: RegExp, source: string): Clue => ({
  kind: 'line',
  in: ['execution', 'access'],
  gates,
  line,
  hint: true,
  source,
});
