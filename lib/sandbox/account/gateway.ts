// A request through API Gateway, start to end at once: route, invoke, timeout, status; then metrics, execution log and access log.
import {
  defaultTimeoutMs,
  executionGroup,
  liveSlots,
  type RouteSpec,
  routeOf,
  type ServedStage,
  sourceArn,
  withVariables,
} from './apis.ts';
import { type Base, hexOf } from './base.ts';
import { type Exchange, type GatewayFault, toldBy } from './exchange.ts';
import type { Invoked, Invoker } from './invoke.ts';
import type { Logs } from './logs.ts';
import { add, type Metrics } from './metrics.ts';
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

interface Reply {
  readonly status: number;
  readonly fault?: GatewayFault;
  readonly integrationMs?: number;
  readonly invoked?: Invoked;
  readonly backendStatus?: number;
}

function faultOf(invoked: Invoked): GatewayFault | undefined {
  if (invoked.is !== 'ran')
    return ({ denied: 'permission', notFound: 'not-found', throttled: 'throttled', unavailable: 'unavailable' } as const)[invoked.is];
  if (invoked.outcome === 'ok') return undefined;
  return invoked.outcome === 'malformed' ? 'malformed' : 'function-error';
}

function backendReply(api: ServedStage, route: RouteSpec, limitMs: number): Reply {
  const backend = route.httpBackend ?? { ms: 0 };
  if (backend.unreachable) return { status: toldBy(api.apiType, 'network').status, fault: 'network', integrationMs: 30 };
  if (backend.ms > limitMs) return { status: toldBy(api.apiType, 'timeout').status, fault: 'timeout', integrationMs: limitMs };
  return { status: backend.status ?? 200, integrationMs: backend.ms, backendStatus: backend.status ?? 200 };
}

export function createGateway(base: Base, invoker: Invoker, metrics: Metrics, logs: Logs): Gateway {
  const random = base.stream('gateway');
  const errorAts = new Map<number, number>();

  const functionReply = (api: ServedStage, route: RouteSpec, input: RequestInput, limitMs: number): Reply => {
    const qualifier = route.qualifier === undefined ? undefined : withVariables(api, route.qualifier);
    const invoked = invoker.invoke({
      name: route.functionName ?? '',
      ...(qualifier ? { qualifier } : {}),
      sourceArn: sourceArn(base, api, route, input.method),
      at: base.clock.now(),
      path: input.path,
    });
    const fault = invoked.ms > limitMs ? 'timeout' : faultOf(invoked);
    const status = fault === undefined ? 200 : toldBy(api.apiType, fault).status;
    return { status, ...(fault === undefined ? {} : { fault }), integrationMs: Math.min(invoked.ms, limitMs), invoked };
  };
  const reply = (api: ServedStage, route: RouteSpec | undefined, input: RequestInput, limitMs: number): Reply => {
    if (!route) return { status: toldBy(api.apiType, 'no-route').status, fault: 'no-route' };
    return route.functionName === undefined ? backendReply(api, route, limitMs) : functionReply(api, route, input, limitMs);
  };
  const exchangeOf = (input: RequestInput, route: RouteSpec | undefined): Exchange => {
    const { api } = input;
    const at = base.clock.now();
    const timeoutMs = route?.timeoutMs ?? defaultTimeoutMs(api.apiType);
    const r = reply(api, route, input, timeoutMs);
    const endAt = Math.round(at + (r.integrationMs ?? 0) + 3 + 8 * random());
    return {
      n: base.next(),
      api,
      at,
      endAt,
      method: input.method,
      path: input.path,
      body: input.body ?? '',
      route,
      status: r.status,
      fault: r.fault,
      integrationMs: r.integrationMs,
      invoked: r.invoked,
      backendStatus: r.backendStatus,
      timeoutMs,
    };
  };
  /** Latency and errors count at the request's end. */
  const count = (x: Exchange): void => {
    const row = metrics.row(x.api.series, x.endAt);
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
      const x = exchangeOf(input, routeOf(input.api, input.method, input.path));
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
