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
    const read = await readMetrics(
      aws,
      ids.map((id) => ({ id, namespace: 'AWS/ApiGateway', name: metricNames[at.apiType][id], stat: stats[id], dimensions: by })),
      window,
    );
    if (!read.ok) return read.error;
    const series = (id: Name): Series => read.value.get(id) ?? { at: [], values: [] };
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
