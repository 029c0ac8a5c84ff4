// Lets in no more than was served: where a function or a service turns calls away, the routes that lead to it are limited to what got through, so
// that callers above it hear 429 (try again) instead of 5xx, and what is behind works undisturbed. Lent for an hour, and a person decides.
import * as v from 'valibot';
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import { functionsOf, nameOf } from '../model/deployed.ts';
import type { DeployedApi, Route, Series } from '../model/kinds/api.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import { failingMinutes, minuteMs, peakIn, sumIn } from '../model/series.ts';
import { callKey, serviceCallsOf } from '../model/service-call.ts';
import stageThrottling, { type Throttling, type ThrottlingTarget } from '../settings/stage-throttling.ts';

type Kind = 'deployedApi' | 'gatewayMetrics' | 'functionMetrics' | 'serviceMetrics';
type Plan = PlanInput<Kind>;

/** Percent of what was served that is let in; the rest is for what comes at once. */
const letIn = 80;
/**
 * Fewer served a second, or at work at once, and a limit turns nearly everybody away. From five at once on, a bucket of a fifth of them and
 * the rate of four fifths never ask for more together than there is.
 */
const leastPerSecond = 1;
const leastAtOnce = 5;
/** Each is a write of its own; more routes are an outage of something else. */
const mostRoutes = 10;

export default fix<Kind, never>({
  id: 'shed-load',
  title: 'Let in only as much as is served',
  about: {
    changes: `Limits each route that leads to the function or service which turns calls away to ${letIn} % of what it served a second while it did. Callers above that hear 429 instead of 5xx. It steps aside where it would let in next to nothing (under ${leastPerSecond} served a second, or fewer than ${leastAtOnce} calls at once), where a lower limit stands already, and where the owner answers throttled requests with a 5xx. API Gateway limits route by route: where several lead to the same, each may ask for what all were served together, since how they share it is not seen. Taken back after an hour; while the requests stand at the limit it is extended once, then a person is asked.`,
    costs: 'nothing; who is turned away has to try again',
  },
  treats: ['lambda-throttled', 'service-throttled'],
  settings: [stageThrottling.id],
  relieves: 'callers above the limit hear 429',
  risk: 'callers above the limit are turned away with 429, also when more could be served by then',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  leaseMs: 60 * 60_000,
  looksAt: ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'serviceMetrics'],
  async plan(input) {
    const { deployedApi } = input.evidence;
    if (deployedApi.state !== 'got') return err({ reason: `the deployed API could not be read: ${deployedApi.detail}` });
    const as = throttledAs(deployedApi.value);
    if (as !== undefined) return err({ reason: `throttled requests are answered with ${as} here, so a limit would only be another 5xx` });
    const full = overloaded(input, deployedApi.value);
    if (!full.ok) return full;
    const routes = full.value.flatMap((one) => one.routes.map((route) => ({ route, limit: limitOf(one) })));
    if (routes.length > mostRoutes) return err({ reason: `${routes.length} routes lead to what is overloaded: a person limits the stage` });
    return await each(routes, ({ route, limit }) => changeFor(input, deployedApi.value, route, limit));
  },
});

/** The status of a throttled request, where the owner made a 5xx of it (messages.md §1). */
const throttledAs = ({ gatewayResponses = {} }: DeployedApi): string | undefined => {
  const status = gatewayResponses['THROTTLED'] ?? gatewayResponses['DEFAULT_4XX'];
  return status?.startsWith('5') ? status : undefined;
};

/** What turned calls away, with what it served meanwhile. */
interface Overloaded {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly servedPerSecond: number;
  /** Calls at work at once; a service that tells none is taken for a second's worth. */
  readonly atOnce: number;
}

function overloaded(input: Plan, api: DeployedApi): Result<readonly Overloaded[], Refusal> {
  const { gatewayMetrics } = input.evidence;
  if (gatewayMetrics.state !== 'got') return err({ reason: `the stage’s metrics could not be read: ${gatewayMetrics.detail}` });
  const minutes = failingMinutes(gatewayMetrics.value);
  const found = input.diagnosis.cause === 'lambda-throttled' ? functionsIn(input, api, minutes) : servicesIn(input, api, minutes);
  if (found.length === 0) return err({ reason: 'what was served while calls were turned away is not seen yet' });
  const small = found.find((one) => one.servedPerSecond < leastPerSecond || one.atOnce < leastAtOnce);
  return small
    ? err({
        reason: `${small.name} served ${small.servedPerSecond.toFixed(1)} calls a second, about ${Math.floor(small.atOnce)} at once: a limit would turn nearly everybody away`,
      })
    : ok(found);
}

function functionsIn({ evidence }: Plan, api: DeployedApi, minutes: readonly number[]): readonly Overloaded[] {
  if (evidence.functionMetrics.state !== 'got') return [];
  const { functions } = evidence.functionMetrics.value;
  return functionsOf(api).flatMap(({ key, routes }) => {
    const metrics = functions[key];
    const servedPerSecond = metrics && servedIn(metrics.invocations, metrics.throttles, minutes);
    if (!metrics || servedPerSecond === undefined) return [];
    return [{ name: key, routes, servedPerSecond, atOnce: peakIn(metrics.concurrentMax, minutes) ?? servedPerSecond }];
  });
}

function servicesIn({ at, evidence }: Plan, api: DeployedApi, minutes: readonly number[]): readonly Overloaded[] {
  if (evidence.serviceMetrics.state !== 'got') return [];
  const { calls } = evidence.serviceMetrics.value;
  return serviceCallsOf(api, at).flatMap((call) => {
    const { taken, throttled } = calls[callKey(call)] ?? {};
    const servedPerSecond = taken && throttled && servedIn(taken, throttled, minutes);
    return servedPerSecond === undefined
      ? []
      : [{ name: callKey(call), routes: call.routes, servedPerSecond, atOnce: Math.max(leastAtOnce, servedPerSecond) }];
  });
}

/** The middle one of the minutes in which calls were turned away: then what was served is all that could be. */
function servedIn(served: Series, turnedAway: Series, minutes: readonly number[]): number | undefined {
  const full = minutes.filter((at) => sumIn(turnedAway, [at]) > 0).map((at) => sumIn(served, [at]));
  const middle = full.toSorted((a, b) => a - b)[Math.floor((full.length - 1) / 2)];
  return middle === undefined ? undefined : (middle * 1000) / minuteMs;
}

type Limit = Throttling & { readonly rate: number };

/** To a tenth of a request a second, downwards. */
const limitOf = ({ servedPerSecond, atOnce }: Overloaded): Limit => ({
  rate: Math.floor((servedPerSecond * letIn) / 10) / 10,
  burst: Math.max(1, Math.floor((atOnce * (100 - letIn)) / 100)),
});

async function changeFor(input: Plan, api: DeployedApi, route: Route, to: Limit): Promise<Result<Change, Refusal>> {
  const { accountId, region, apiType, apiId, apiName, stage } = input.at;
  const name = nameOf(route);
  const named = apiName === undefined ? {} : { apiName };
  const target: ThrottlingTarget = { accountId, region, apiType, apiId, stage, route: name, ...named };
  const now = await input.read(stageThrottling.id, target);
  if (!now.ok) return now;
  const from = now.value.value === absent ? undefined : v.parse(stageThrottling.value, now.value.value);
  const stands = from?.rate ?? api.throttling?.['*']?.rate ?? Infinity;
  return stands <= to.rate
    ? err({ reason: `${name} has a limit of ${stands} a second already` })
    : ok({ setting: stageThrottling.id, target, from: from ?? absent, to });
}
