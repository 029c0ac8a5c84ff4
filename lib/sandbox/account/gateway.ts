// A request through API Gateway, start to end at once: route, invoke, timeout, status; then metrics, execution log and access log.
import { defaultTimeoutMs, executionGroup, liveSlots, routeOf, type ServedStage } from './apis.ts';
import type { Around } from './around.ts';
import { metBy } from './deployments.ts';
import { type Base, hexOf } from './base.ts';
import type { Exchange } from './exchange.ts';
import type { Functions } from './functions.ts';
import type { Invoker } from './invoke.ts';
import type { Logs } from './logs.ts';
import { add, type Metrics } from './metrics.ts';
import type { NetworkState } from './network.ts';
import type { Services } from './roles-and-queues.ts';
import { createPhases } from './phases/index.ts';
import { accessLine, executionLines, failed } from './request-lines.ts';

export interface RequestInput {
  readonly api: ServedStage;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}
export interface Gateway {
  request(input: RequestInput): Exchange;
  /** When the first request ended with a 5xx, at or after this time. */ firstServerErrorAt(since: number): number | undefined;
}
export interface GatewayParts {
  readonly base: Base;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly metrics: Metrics;
  readonly logs: Logs;
  readonly around: Around;
  readonly network: NetworkState;
  readonly services: Services;
}

export function createGateway(parts: GatewayParts): Gateway {
  const { base, metrics, logs } = parts;
  const random = base.stream('gateway');
  const errorAts = new Map<number, number>();
  const chance = base.stream('canary');
  const take = createPhases(parts);

  const exchangeOf = (input: RequestInput): Exchange => {
    const { api, method, path, body = '' } = input;
    const met = metBy(api, chance);
    const route = routeOf(met, method, path);
    const at = base.clock.now();
    const timeoutMs = route?.timeoutMs ?? defaultTimeoutMs(api.apiType);
    const r = take({ api: met, route, method, path, body, limitMs: timeoutMs, at });
    return {
      n: base.next(),
      api,
      at,
      endAt: Math.round(at + (r.integrationMs ?? 0) + 3 + 8 * random()),
      method,
      path,
      body: r.shownBody ?? body,
      route,
      status: r.status,
      fault: r.fault,
      integrationMs: r.integrationMs,
      invoked: r.invoked,
      backendStatus: r.backendStatus,
      received: r.received,
      answerBody: r.answerBody,
      sentBody: r.sentBody,
      timeoutMs,
    };
  };
  /** Latency and errors count at the request's end. */
  const count = (x: Exchange): void => {
    const row = metrics.row(x.api.series, x.endAt);
    if (x.api.apiType === 'WEBSOCKET') {
      countMessage(row, x);
      return live(x);
    }
    add(row, 0, 1);
    add(row, 1, x.status >= 500 ? 1 : 0);
    add(row, 2, x.status >= 400 && x.status < 500 ? 1 : 0);
    add(row, 3, x.endAt - x.at);
    if (x.integrationMs !== undefined) add(row, 4, Math.round(x.integrationMs));
    live(x);
  };
  const write = (x: Exchange): void => {
    const { api } = x;
    const place = { n: x.n, from: x.at, to: x.endAt, failed: failed(x) };
    if (api.executionLogging === 'INFO' || (api.executionLogging === 'ERROR' && failed(x)))
      logs.write(executionGroup(api), { ...place, stream: streamOf(base, api, 'execution'), lines: () => executionLines(base, x) });
    const access = api.accessLog;
    if (access)
      logs.write(access.logGroup, { ...place, stream: streamOf(base, api, 'access'), lines: () => [accessLine(base, x, access.format)] });
  };
  return {
    request(input) {
      const x = exchangeOf(input);
      // Live rates know about a minute of seconds: a longer wait is counted when it ends.
      if (x.endAt - x.at > 40_000) base.clock.at(x.endAt, () => count(x), { quiet: true });
      else count(x);
      write(x);
      if (x.status >= 500) noteError(errorAts, x.endAt);
      return x;
    },
    firstServerErrorAt: (since) => {
      const after = [...errorAts.values()].filter((at) => at >= since);
      return after.length === 0 ? undefined : Math.min(...after);
    },
  };
}

/**
 * In the order of `webSocketMetrics`. A function that ran and failed, or a backend that answered badly, is the integration's error; what
 * kept the gateway from calling it is an execution error (messages.md §7).
 */
function countMessage(row: Float64Array, x: Exchange): void {
  const answered = x.fault?.serviceStatus === 200 || (x.fault === undefined && x.status >= 400);
  const failedCall = x.fault !== undefined && x.status >= 500 && !answered;
  add(row, x.route?.path === '$connect' ? 1 : 0, 1);
  add(row, 2, failedCall ? 1 : 0);
  add(row, 3, answered ? 1 : 0);
  add(row, 4, x.fault !== undefined && x.status < 500 ? 1 : 0);
  if (x.integrationMs !== undefined) add(row, 5, Math.round(x.integrationMs));
}

/** Asked for at each request of hours of traffic. */
const streams = { execution: new WeakMap<ServedStage, string>(), access: new WeakMap<ServedStage, string>() };

function streamOf(base: Base, api: ServedStage, kind: 'execution' | 'access'): string {
  const stream = streams[kind].get(api) ?? hexOf(32, base.seed, kind, api.apiId, api.stage);
  streams[kind].set(api, stream);
  return stream;
}

/** The earliest failure of each second. */
function noteError(errorAts: Map<number, number>, at: number): void {
  const second = Math.floor(at / 1000);
  errorAts.set(second, Math.min(at, errorAts.get(second) ?? at));
}

function live(x: Exchange): void {
  const second = Math.floor(x.endAt / 1000);
  const slot = second % liveSlots;
  const rates = x.api.live;
  if (rates.seconds[slot] !== second) {
    rates.seconds[slot] = second;
    for (const counts of [rates.ok, rates.clientErrors, rates.serverErrors]) counts[slot] = 0;
  }
  const counts = x.status >= 500 ? rates.serverErrors : x.status >= 400 ? rates.clientErrors : rates.ok;
  counts[slot] = (counts[slot] ?? 0) + 1;
}

/** Requests that ended within the last ten seconds. */
export function liveStats(api: ServedStage, now: number): { ok: number; serverErrors: number; clientErrors: number } {
  const stats = { ok: 0, serverErrors: 0, clientErrors: 0 };
  for (let second = Math.floor(now / 1000) - 9; second <= Math.floor(now / 1000); second++) {
    const slot = second % liveSlots;
    if (api.live.seconds[slot] !== second) continue;
    stats.ok += api.live.ok[slot] ?? 0;
    stats.serverErrors += api.live.serverErrors[slot] ?? 0;
    stats.clientErrors += api.live.clientErrors[slot] ?? 0;
  }
  return stats;
}
