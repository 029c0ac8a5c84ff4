// The 5xx of every API of the account and Region: several unrelated ones failing in the same minutes is a sign no single stage can give.
import { got } from '../model/evidence.ts';
import type { Series } from '../model/kinds/api.ts';
import type { Neighbours } from '../model/kinds/gateway.ts';
import { collector } from './collector.ts';
import { noDatapoints } from './reading/metrics.ts';
import { searchMetrics, type Searched } from './reading/metric-search.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    neighbours: Neighbours;
  }
}

/** REST APIs are keyed by name, HTTP APIs by id; their 5xx have two names (platform.md §12, signals.md). */
const searches: readonly Searched[] = [
  { id: 'restcount', namespace: 'AWS/ApiGateway', dimension: 'ApiName', name: 'Count', stat: 'Sum' },
  { id: 'resterrors', namespace: 'AWS/ApiGateway', dimension: 'ApiName', name: '5XXError', stat: 'Sum' },
  { id: 'httpcount', namespace: 'AWS/ApiGateway', dimension: 'ApiId', name: 'Count', stat: 'Sum' },
  { id: 'httperrors', namespace: 'AWS/ApiGateway', dimension: 'ApiId', name: '5xx', stat: 'Sum' },
];
const families = [
  { type: 'REST', count: 'restcount', errors: 'resterrors' },
  { type: 'HTTP', count: 'httpcount', errors: 'httperrors' },
] as const;
/** Evidence is stored: an account with more APIs is told by these. */
const kept = 40;

export default collector({
  kind: 'neighbours',
  title: 'The 5xx of the other APIs of the account',
  trust: 'aws',
  calls: ['cloudwatch:GetMetricData'],
  needs: [],
  round: 'suspect',
  maxCalls: 1,
  // a search is billed for each metric it finds: four of a hundred APIs (evidence.md §3)
  dollars: 0.004,
  async read(aws, { window }) {
    const read = await searchMetrics(aws, searches, window);
    if (!read.ok) return read.error;
    const of = (id: string): ReadonlyMap<string, Series> => read.value.get(id) ?? new Map<string, Series>();
    const none: Series = { at: [], values: [] };
    const apis = families.flatMap(({ type, count, errors }) =>
      [...of(count)].map(([name, requests]) => ({ name, type, requests, serverErrors: of(errors).get(name) ?? none })),
    );
    if (apis.length === 0) return noDatapoints('any API', window);
    const failures = (s: Series): number => s.values.reduce((all, n) => all + n, 0);
    return got({ apis: [...apis].sort((a, b) => failures(b.serverErrors) - failures(a.serverErrors)).slice(0, kept) }, window, 'aws');
  },
});
