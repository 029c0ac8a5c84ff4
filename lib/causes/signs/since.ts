// What happened after a change, in whole minutes: the positive signs that "healed" rests on. Silence is never one of them.
import type { Evidence } from '../../model/evidence.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import type { GatewayMetrics } from '../../model/kinds/api.ts';
import { nextMinute, peak, sum } from '../../model/series.ts';

/** So many successes on the very thing that failed, before it is called healed. */
export const successesNeeded = 5;

/** Each of them, and at least one: "all of none" is no sign of anything. */
export const eachOf = <T>(list: readonly T[], is: (one: T) => boolean): boolean => list.length > 0 && list.every(is);

export interface Since {
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly durationMaxMs?: number;
  readonly minutes: number;
}
/** A function's whole minutes after `sinceAt`; undefined when there is none. */
export function functionSince(metrics: Evidence<FunctionMetrics>, key: string, sinceAt: number): Since | undefined {
  const f = metrics.state === 'got' ? metrics.value.functions[key] : undefined;
  if (!f) return undefined;
  const from = nextMinute(sinceAt);
  const durationMaxMs = peak(f.durationMaxMs, from);
  const minutes = new Set([...f.invocations.at, ...f.throttles.at].filter((at) => at >= from)).size;
  return minutes === 0
    ? undefined
    : {
        invocations: sum(f.invocations, from),
        errors: sum(f.errors, from),
        throttles: sum(f.throttles, from),
        minutes,
        ...(durationMaxMs === undefined ? {} : { durationMaxMs }),
      };
}

export interface GatewaySince {
  readonly requests: number;
  readonly failures: number;
  readonly slowestMs?: number;
  readonly minutes: number;
}
/** The stage's whole minutes after `sinceAt`; undefined when there is none. */
export function gatewaySince(metrics: Evidence<GatewayMetrics>, sinceAt: number): GatewaySince | undefined {
  if (metrics.state === 'missing') return undefined;
  const from = nextMinute(sinceAt);
  const minutes = metrics.value.count.at.filter((at) => at >= from).length;
  const slowestMs = peak(metrics.value.integrationLatencyMaxMs, from) ?? peak(metrics.value.latencyMaxMs, from);
  return minutes === 0
    ? undefined
    : {
        requests: sum(metrics.value.count, from),
        failures: sum(metrics.value.serverErrors, from),
        minutes,
        ...(slowestMs === undefined ? {} : { slowestMs }),
      };
}
