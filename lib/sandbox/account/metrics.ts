// CloudWatch metrics in memory: one row of numbers a minute and series, visible only after the delay real datapoints have.
// A minute without a record has no datapoint; missing is not zero.
import { type Base, spread } from './base.ts';

export const minuteMs = 60_000;
/** Minutes kept a series: a day. */
const keptMinutes = 1440;

/** The finest series of a namespace; queries with fewer dimensions add series up. */
export interface Series {
  readonly namespace: string;
  readonly dims: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  readonly minutes: Map<number, Float64Array>;
  lastMinute: number;
  lastRow: Float64Array;
}
export interface Stat {
  sum: number;
  count: number;
  min: number;
  max: number;
}
export interface Query {
  readonly namespace: string;
  readonly metric: string;
  readonly dims: Readonly<Record<string, string>>;
  readonly periodMs: number;
  readonly from: number;
  readonly to: number;
}

/** The sets of dimensions each namespace publishes (AWS "API Gateway dimensions for metrics", "Metrics for HTTP APIs", "Lambda metrics"). */
const published: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['ApiName', 'ApiName,Stage', 'ApiId', 'ApiId,Stage'],
  'AWS/ApplicationELB': ['LoadBalancer', 'LoadBalancer,TargetGroup'],
  'AWS/NetworkELB': ['LoadBalancer', 'LoadBalancer,TargetGroup'],
  'AWS/DynamoDB': ['TableName', 'Operation,TableName'],
  'AWS/SQS': ['QueueName'],
  'AWS/States': ['StateMachineArn'],
  'AWS/WAFV2': ['Region,Rule,WebACL'],
  'AWS/Lambda': ['', 'FunctionName', 'FunctionName,Resource', 'ExecutedVersion,FunctionName,Resource'],
};

export interface Metrics {
  series(namespace: string, dims: Readonly<Record<string, string>>, metrics: readonly string[]): Series;
  /** The row of the minute `at` falls into. */
  row(series: Series, at: number): Float64Array;
  /** Datapoints visible now, by start of period. */
  read(query: Query): Map<number, Stat>;
  /** When the datapoints of the minute that starts at `minute` are visible: 60 to 120 s after its end. */
  visibleAt(minute: number): number;
}

/** Adds one value to metric number `index` of a row. */
export function add(row: Float64Array, index: number, value: number): void {
  const i = index * 4;
  const count = row[i + 1] ?? 0;
  row[i] = (row[i] ?? 0) + value;
  row[i + 1] = count + 1;
  if (count === 0 || value < (row[i + 2] ?? 0)) row[i + 2] = value;
  if (count === 0 || value > (row[i + 3] ?? 0)) row[i + 3] = value;
}

function prune(series: Series): void {
  if (series.minutes.size <= keptMinutes) return;
  const oldest = series.minutes.keys().next();
  if (!oldest.done) series.minutes.delete(oldest.value);
}

function merge(into: Map<number, Stat>, at: number, row: Float64Array, index: number): void {
  const i = index * 4;
  const count = row[i + 1] ?? 0;
  if (count === 0) return;
  const found = into.get(at) ?? { sum: 0, count: 0, min: Infinity, max: -Infinity };
  found.sum += row[i] ?? 0;
  found.count += count;
  found.min = Math.min(found.min, row[i + 2] ?? 0);
  found.max = Math.max(found.max, row[i + 3] ?? 0);
  into.set(at, found);
}

const matches = (series: Series, query: Query): boolean =>
  series.namespace === query.namespace && Object.entries(query.dims).every(([name, value]) => series.dims[name] === value);

/** Concurrency of a function is not that of one of its aliases: two inner metrics under one name. */
const inner = (query: Query): string =>
  query.metric === 'ConcurrentExecutions' && 'Resource' in query.dims ? 'ConcurrentExecutions of resource' : query.metric;

function collect(series: Series, query: Query, now: number, visibleAt: (minute: number) => number, into: Map<number, Stat>): void {
  const index = series.metrics.indexOf(inner(query));
  if (index < 0 || !matches(series, query)) return;
  for (let minute = Math.floor(query.from / minuteMs) * minuteMs; minute < query.to && minute < now; minute += minuteMs) {
    const row = series.minutes.get(minute);
    if (row && visibleAt(minute) <= now) merge(into, Math.floor(minute / query.periodMs) * query.periodMs, row, index);
  }
}

export function createMetrics(base: Base): Metrics {
  const all = new Map<string, Series>();
  const visibleAt = (minute: number): number => minute + minuteMs + Math.round(spread(60_000, 120_000, base.seed, 'datapoint', minute));
  return {
    visibleAt,
    series(namespace, dims, metrics) {
      const key = `${namespace} ${JSON.stringify(dims)}`;
      const made = all.get(key) ?? {
        namespace,
        dims,
        metrics,
        minutes: new Map<number, Float64Array>(),
        lastMinute: -1,
        lastRow: new Float64Array(0),
      };
      all.set(key, made);
      return made;
    },
    row(series, at) {
      const minute = at - (at % minuteMs);
      if (minute === series.lastMinute) return series.lastRow;
      const row = series.minutes.get(minute) ?? new Float64Array(series.metrics.length * 4);
      series.minutes.set(minute, row);
      prune(series);
      series.lastMinute = minute;
      series.lastRow = row;
      return row;
    },
    read(query) {
      const found = new Map<number, Stat>();
      if (!published[query.namespace]?.includes(Object.keys(query.dims).sort().join(','))) return found;
      for (const series of all.values()) collect(series, query, base.clock.now(), visibleAt, found);
      return found;
    },
  };
}

/** One statistic of a datapoint; undefined for one that is not modelled (percentiles). */
export function statistic(stat: Stat, name: string): number | undefined {
  if (name === 'Sum') return stat.sum;
  if (name === 'Average') return stat.sum / stat.count;
  if (name === 'Maximum') return stat.max;
  if (name === 'Minimum') return stat.min;
  return name === 'SampleCount' ? stat.count : undefined;
}
