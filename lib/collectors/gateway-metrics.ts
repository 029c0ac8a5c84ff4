// The stage's own metrics: requests, 5xx, 4xx, the slowest answers, a minute each. They say whether it fails; no caller can forge them.
import type { ApiType, StageRef } from '../model/api.ts';
import { got, missing } from '../model/evidence.ts';
import type { GatewayMetrics, Series } from '../model/kinds/api.ts';
import { collector } from './collector.ts';
import { metricPages, noDatapoints, readMetrics, type Wanted } from './reading/metrics.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    gatewayMetrics: GatewayMetrics;
  }
}

type Name = Exclude<keyof GatewayMetrics, 'periodMs' | 'burstFrom'>;

/** Metric names differ by API type (signals.md; HTTP writes `5xx` where REST writes `5XXError`). */
export const metricNames: Readonly<Record<ApiType, Readonly<Record<Name, string>>>> = {
  REST: {
    count: 'Count',
    serverErrors: '5XXError',
    clientErrors: '4XXError',
    latencyMaxMs: 'Latency',
    integrationLatencyMaxMs: 'IntegrationLatency',
  },
  HTTP: {
    count: 'Count',
    serverErrors: '5xx',
    clientErrors: '4xx',
    latencyMaxMs: 'Latency',
    integrationLatencyMaxMs: 'IntegrationLatency',
  },
  WEBSOCKET: {
    count: 'MessageCount',
    serverErrors: 'ExecutionError',
    clientErrors: 'ClientError',
    latencyMaxMs: 'IntegrationLatency',
    integrationLatencyMaxMs: 'IntegrationLatency',
  },
};
/**
 * Metrics that are added to the first: a WebSocket API counts what its integration answered (4xx and 5xx) beside what failed in calling
 * it, and what asked for `$connect` beside other messages (AWS "Monitoring WebSocket APIs").
 */
const added: Readonly<Record<ApiType, Partial<Record<Name, string>>>> = {
  REST: {},
  HTTP: {},
  WEBSOCKET: { count: 'ConnectCount', serverErrors: 'IntegrationError' },
};
const stats: Readonly<Record<Name, Wanted['stat']>> = {
  count: 'Sum',
  serverErrors: 'Sum',
  clientErrors: 'Sum',
  latencyMaxMs: 'Maximum',
  integrationLatencyMaxMs: 'Maximum',
};

/** REST metrics are keyed by the API's name, HTTP and WebSocket metrics by its id (platform.md §12). */
export function dimensionsOf(at: StageRef): Readonly<Record<string, string>> | undefined {
  if (at.apiType !== 'REST') return { ApiId: at.apiId, Stage: at.stage };
  return at.apiName === undefined ? undefined : { ApiName: at.apiName, Stage: at.stage };
}

export default collector({
  kind: 'gatewayMetrics',
  title: 'Requests, errors and latency of the stage',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: [],
  round: 'cheap',
  maxCalls: metricPages,
  async read(aws, { at, window }) {
    const by = dimensionsOf(at);
    if (!by) return missing('notEnabled', 'REST metrics are keyed by the name of the API, and nobody told us the name');
    const ids = Object.keys(stats) as Name[];
    const wanted = (id: Name, name: string, n: number): Wanted => ({
      id: n === 0 ? id : `${id}_${n}`,
      namespace: 'AWS/ApiGateway',
      name,
      stat: stats[id],
      dimensions: by,
    });
    const names = (id: Name): readonly string[] => [metricNames[at.apiType][id], added[at.apiType][id] ?? []].flat();
    const read = await readMetrics(
      aws,
      ids.flatMap((id) => names(id).map((name, n) => wanted(id, name, n))),
      window,
    );
    if (!read.ok) return read.error;
    const series = (id: Name): Series => plus(read.value.get(id), read.value.get(`${id}_1`));
    if (ids.every((id) => series(id).at.length === 0)) return noDatapoints('the stage', window);
    return got(
      {
        periodMs: 60_000,
        count: series('count'),
        serverErrors: series('serverErrors'),
        clientErrors: series('clientErrors'),
        latencyMaxMs: series('latencyMaxMs'),
        integrationLatencyMaxMs: series('integrationLatencyMaxMs'),
      },
      window,
      'aws',
    );
  },
});

/** Two series, minute by minute; a minute one of them lacks is the other's. */
function plus(one: Series | undefined, other: Series | undefined): Series {
  if (!one || !other) return one ?? other ?? { at: [], values: [] };
  const byMinute = new Map<number, number>();
  for (const { at, values } of [one, other]) at.forEach((t, i) => byMinute.set(t, (byMinute.get(t) ?? 0) + (values[i] ?? 0)));
  const minutes = [...byMinute].sort(([a], [b]) => a - b);
  return { at: minutes.map(([t]) => t), values: minutes.map(([, value]) => value) };
}
