// One GetMetricData for a set of metrics: one value a minute, minutes without a datapoint left out. Denied, throttled and
// empty stay apart, for each metric as well as for the call.
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Aws } from '../../aws/calls.ts';
import { missing, type Missing, type Window } from '../../model/evidence.ts';
import type { Series } from '../../model/kinds/api.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { metricLagMs, minuteMs, minuteOf, nextMinute } from '../../model/series.ts';
import { notHad } from '../collector.ts';

export interface Wanted {
  readonly id: string;
  readonly namespace: `AWS/${string}`;
  readonly name: string;
  readonly stat: 'Sum' | 'Maximum' | 'SampleCount';
  readonly dimensions: Readonly<Record<string, string>>;
}

/** API Gateway and Lambda publish one value a minute. */
const periodSeconds = 60;
/** A call takes 500 queries and answers in pages (evidence.md §3); our sets are small, so two pages are plenty. */
export const metricPages = 2;

const queryOf = (w: Wanted): MetricDataQuery => ({
  Id: w.id,
  MetricStat: {
    Metric: {
      Namespace: w.namespace,
      MetricName: w.name,
      Dimensions: Object.entries(w.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: periodSeconds,
    Stat: w.stat,
  },
});

interface Page {
  readonly Id?: string | undefined;
  readonly StatusCode?: string | undefined;
  readonly Timestamps?: readonly (Date | undefined)[] | undefined;
  readonly Values?: readonly (number | undefined)[] | undefined;
}

/** The wanted series by id over whole minutes of the window. */
export async function readMetrics(
  aws: Aws<'cloudwatch:GetMetricData'>,
  wanted: readonly Wanted[],
  window: Window,
): Promise<Result<ReadonlyMap<string, Series>, Missing>> {
  const pages: Page[] = [];
  let token: string | undefined;
  for (let n = 0; n < metricPages; n++) {
    const answer = await aws.call('cloudwatch:GetMetricData', request(wanted, window, token));
    if (!answer.ok) return err(notHad(answer.error));
    pages.push(...(answer.value.MetricDataResults ?? []));
    token = answer.value.NextToken;
    if (!token) break;
  }
  const refused = pages.find((p) => p.StatusCode === 'Forbidden' || p.StatusCode === 'InternalError');
  if (refused)
    return err(
      missing(
        refused.StatusCode === 'Forbidden' ? 'denied' : 'down',
        `cloudwatch:GetMetricData: ${refused.Id ?? 'a metric'} answered ${refused.StatusCode}`,
      ),
    );
  return ok(new Map(wanted.map((w) => [w.id, series(pages.filter((p) => p.Id === w.id))])));
}

const request = (wanted: readonly Wanted[], window: Window, token: string | undefined) => ({
  MetricDataQueries: wanted.map(queryOf),
  StartTime: new Date(minuteOf(window.from)),
  EndTime: new Date(nextMinute(window.to)),
  ScanBy: 'TimestampAscending' as const,
  ...(token === undefined ? {} : { NextToken: token }),
});

function series(pages: readonly Page[]): Series {
  const points = pages.flatMap((p) =>
    (p.Timestamps ?? []).map((at, i) => ({ at: minuteOf(at === undefined ? NaN : new Date(at).getTime()), value: p.Values?.[i] })),
  );
  const known = points.flatMap(({ at, value }) =>
    Number.isFinite(at) && typeof value === 'number' && Number.isFinite(value) ? [{ at, value }] : [],
  );
  const sorted = known.sort((a, b) => a.at - b.at);
  return { at: sorted.map((p) => p.at), values: sorted.map((p) => p.value) };
}

/** No datapoint at all: too early while the span is shorter than CloudWatch's lag, else really nothing. */
export const noDatapoints = (what: string, window: Window): Missing =>
  window.to - window.from < metricLagMs + minuteMs
    ? missing('late', `no datapoint of ${what} yet; CloudWatch is about two minutes behind`)
    : missing('empty', `no datapoint of ${what} in this span`);
