// What metrics say of the calls to a service: whether it took fewer of them than before, or turned them away. No caller can forge these.
import { expected, type Burst } from '../../model/burst.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { CalledService } from '../../model/facts/direct.ts';
import { nameOf } from '../../model/deployed.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';
import type { CallMetrics, ServiceMetrics } from '../../model/kinds/direct.ts';
import { callKey, type ServiceCall } from '../../model/service-call.ts';
import { minuteMs, sum, sumIn } from '../../model/series.ts';

const half = 0.5;
const nearlyAll = 0.9;

/** A call as facts name it. */
export const calledOf = (call: ServiceCall): CalledService => ({
  service: call.service,
  ...(call.action === undefined ? {} : { action: call.action }),
  ...(call.target ? { target: call.target.name } : {}),
  routes: call.routes.map(nameOf),
});

/** What each service's targets are called. */
const things: Readonly<Record<string, string>> = {
  sqs: 'queue',
  dynamodb: 'table',
  sns: 'topic',
  states: 'state machine',
  kinesis: 'stream',
  events: 'event bus',
  s3: 'bucket',
};
export const thing = (service: string): string => things[service] ?? service;

/** "PutItem on the table orders", for sentences. */
export const spoken = (call: Pick<CalledService, 'service' | 'action' | 'target'>): string =>
  `${call.action ?? 'a call'} ${call.target === undefined ? `of ${call.service}` : `on the ${thing(call.service)} ${call.target}`}`;

export const metricsOf = (metrics: Evidence<ServiceMetrics>, call: ServiceCall): CallMetrics | undefined =>
  metrics.state === 'got' ? metrics.value.calls[callKey(call)] : undefined;

/**
 * Whether the numbers say that calls to this service fail: it took fewer than before, by half of the failures that nothing else accounts
 * for; or it took none while all requests fail; or every route leads to such calls and all requests fail.
 */
export function callsFail(
  call: ServiceCall,
  all: readonly ServiceCall[],
  api: DeployedApi,
  metrics: Evidence<ServiceMetrics>,
  burst: Burst | undefined,
): boolean {
  if (!burst || burst.unexplained === 0) return false;
  const everything = burst.failures >= nearlyAll * burst.requests;
  const taken = metricsOf(metrics, call)?.taken;
  if (!taken) return everything && api.routes.length <= all.flatMap((c) => c.routes).length;
  const now = sumIn(taken, burst.minutes);
  return expected(taken, burst.minutes) - now >= half * burst.unexplained || (now === 0 && everything);
}

/** Calls that the service turned away in the minutes of the burst. */
export const throttledIn = (call: ServiceCall, metrics: Evidence<ServiceMetrics>, burst: Burst): number => {
  const series = metricsOf(metrics, call)?.throttled;
  return series ? sumIn(series, burst.minutes) : 0;
};
export const enoughThrottled = (throttled: number, burst: Burst): boolean => throttled > 0 && throttled >= half * burst.unexplained;

/** Capacity units used in the busiest of these minutes, a second. */
export function usedPerSecond(call: ServiceCall, metrics: Evidence<ServiceMetrics>, minutes: readonly number[]): number | undefined {
  const series = metricsOf(metrics, call)?.consumed;
  const values = minutes.flatMap((at) => (series ? [sumIn(series, [at])] : []));
  return values.length === 0 ? undefined : Math.round((Math.max(...values) / (minuteMs / 1000)) * 10) / 10;
}

/** Calls taken and turned away since, in whole minutes; undefined without a datapoint. */
export function callsSince(
  call: ServiceCall,
  metrics: Evidence<ServiceMetrics>,
  fromAt: number,
): { readonly taken: number; readonly throttled: number } | undefined {
  const own = metricsOf(metrics, call);
  if (!own?.taken) return undefined;
  return { taken: sum(own.taken, fromAt), throttled: own.throttled ? sum(own.throttled, fromAt) : 0 };
}
