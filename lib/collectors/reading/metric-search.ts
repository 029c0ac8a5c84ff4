// One GetMetricData that searches: a metric of whatever has it, by one dimension. For questions about everything in the account at once.
import type { Aws } from '../../aws/calls.ts';
import { missing, type Missing, type Window } from '../../model/evidence.ts';
import type { Series } from '../../model/kinds/api.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { minuteOf, nextMinute } from '../../model/series.ts';
import { notHad } from '../collector.ts';

export interface Searched {
  readonly id: string;
  readonly namespace: 'AWS/ApiGateway';
  /** The only dimension of the metrics that are wanted. */
  readonly dimension: string;
  readonly name: string;
  readonly stat: 'Sum';
}

const periodSeconds = 60;
const expression = (s: Searched): string =>
  `SEARCH('{${s.namespace},${s.dimension}} MetricName="${s.name}"', '${s.stat}', ${periodSeconds})`;

/** By search id, then by the dimension's value: one series each. One page: what does not fit is left out. */
export async function searchMetrics(
  aws: Aws<'cloudwatch:GetMetricData'>,
  searches: readonly Searched[],
  window: Window,
): Promise<Result<ReadonlyMap<string, ReadonlyMap<string, Series>>, Missing>> {
  const answer = await aws.call('cloudwatch:GetMetricData', {
    MetricDataQueries: searches.map((s) => ({
      Id: s.id,
      Expression: expression(s),
      Label: `\${PROP('Dim.${s.dimension}')}`,
      Period: periodSeconds,
    })),
    StartTime: new Date(minuteOf(window.from)),
    EndTime: new Date(nextMinute(window.to)),
    ScanBy: 'TimestampAscending',
  });
  if (!answer.ok) return err(notHad(answer.error));
  const results = answer.value.MetricDataResults ?? [];
  const refused = results.find((r) => r?.StatusCode === 'Forbidden' || r?.StatusCode === 'InternalError');
  if (refused)
    return err(missing(refused.StatusCode === 'Forbidden' ? 'denied' : 'down', `cloudwatch:GetMetricData answered ${refused.StatusCode}`));
  const byId = new Map(searches.map((s) => [s.id, new Map<string, Series>()]));
  for (const r of results) if (r?.Id !== undefined && r.Label) byId.get(r.Id)?.set(r.Label, seriesOf(r.Timestamps, r.Values));
  return ok(byId);
}

export function seriesOf(at: readonly (Date | undefined)[] | undefined, values: readonly (number | undefined)[] | undefined): Series {
  const points = (at ?? []).flatMap((date, i) => {
    const [t, value] = [date === undefined ? NaN : minuteOf(new Date(date).getTime()), values?.[i]];
    return Number.isFinite(t) && typeof value === 'number' && Number.isFinite(value) ? [{ t, value }] : [];
  });
  return { at: points.map((p) => p.t), values: points.map((p) => p.value) };
}
