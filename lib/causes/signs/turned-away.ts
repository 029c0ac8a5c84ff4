// Requests that ended at the gateway itself: no route to take, nothing behind the route, nobody let in. What several causes of the
// gateway rest on: the numbers that say so, the onset, and the positive signs that it works again.
import { type Burst } from '../../model/burst.ts';
import { functionsOf, functionsLookedAt } from '../../model/deployed.ts';
import { wasLookedAt, type Evidence, type EvidenceRef } from '../../model/evidence.ts';
import { lacking, ref, type Healed } from '../../model/cause.ts';
import type { DeployedApi, GatewayMetrics, Route } from '../../model/kinds/api.ts';
import type { ApiChange, ApiTrail } from '../../model/kinds/gateway.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import { minuteMs, sumIn } from '../../model/series.ts';
import { gatewaySince, successesNeeded } from './since.ts';

/** Nothing stands behind the route: no integration, or one whose address cannot be put together. */
const leadsNowhere = (route: Route): boolean => !route.integration || route.integration.unresolved !== undefined;

/** Requests of the failing minutes that no function took; undefined where something else than a function may have taken them. */
export function turnedAway(
  api: DeployedApi,
  burst: Burst,
  gateway: Evidence<GatewayMetrics>,
  functions: Evidence<FunctionMetrics>,
): number | undefined {
  const others = api.routes.some((r) => !leadsNowhere(r) && !r.integration?.function && r.integration?.type !== 'MOCK');
  if (others || gateway.state === 'missing' || functionsOf(api).length > functionsLookedAt) return undefined;
  const known =
    functions.state === 'got' ? functions.value.functions : functions.why === 'empty' && wasLookedAt(functions) ? {} : undefined;
  if (!known) return undefined;
  const taken = Object.values(known).reduce((all, f) => all + sumIn(f.invocations, burst.minutes) + sumIn(f.throttles, burst.minutes), 0);
  return Math.max(0, burst.requests - sumIn(gateway.value.clientErrors, burst.minutes) - taken);
}

/** A share from which on a sign is more than noise. */
const half = 0.5;
/** As good as everything. */
const nearlyAll = 0.9;

/** Whether the burst's numbers say that requests ended at the gateway: most failures reached nothing, or everything fails. */
export function endedAtGateway(
  api: DeployedApi,
  burst: Burst,
  gateway: Evidence<GatewayMetrics>,
  functions: Evidence<FunctionMetrics>,
): boolean {
  if (burst.unexplained === 0) return false;
  const away = turnedAway(api, burst, gateway, functions);
  if (away !== undefined) return away >= half * burst.unexplained;
  return burst.failures >= nearlyAll * burst.requests && api.routes.every(leadsNowhere);
}

/** A change this long before the first failing minute, or in it, is its onset. */
const onsetMs = 10 * minuteMs;
/** Whether something happened just before the burst began. */
export const atOnset = (at: number | undefined, burst: Burst): boolean => {
  const first = burst.minutes[0];
  return at !== undefined && first !== undefined && at >= first - onsetMs && at < first + minuteMs;
};

/** The newest change that fits; undefined where CloudTrail was not had or has none. */
export const changeIn = (trail: Evidence<ApiTrail>, fits: (change: ApiChange) => boolean): ApiChange | undefined =>
  trail.state === 'got' ? trail.value.changes.find(fits) : undefined;

/** "by alice at …", to end a sentence with. */
export const changedBy = (change: ApiChange): string =>
  `by ${change.invokedBy === undefined ? change.by : `${change.invokedBy} for ${change.by}`} at ${new Date(change.at).toISOString()} (${change.name}, CloudTrail)`;

/** The configuration is right again: healed once requests succeed too, by whole minutes that began since. */
export function worksAgain(gateway: Evidence<GatewayMetrics>, sinceAt: number, right: EvidenceRef): Healed {
  const since = gatewaySince(gateway, sinceAt);
  if (
    since &&
    since.minutes >= 2 &&
    since.requests - since.failures >= successesNeeded &&
    since.failures <= (1 - nearlyAll) * since.requests
  )
    return {
      is: 'healed',
      by: [right, ref('gatewayMetrics', gateway, `${since.requests - since.failures} of ${since.requests} requests succeeded since`)],
    };
  return { is: 'tooEarly', missing: [lacking('gatewayMetrics', gateway, 'too few requests have succeeded since')] };
}
