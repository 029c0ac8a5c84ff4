// The metrics of an alias by the version that ran (AWS "Using CloudWatch metrics with Lambda": ExecutedVersion, "a combination of alias
// and version"): one search finds the versions, none of which need be known before. Where Lambda published none, nothing is known of a
// version, and whoever builds on it steps aside.
import type { Aws } from '../../aws/calls.ts';
import { missing, type Missing, type Window } from '../../model/evidence.ts';
import type { Served } from '../../model/kinds/release.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { minuteOf, nextMinute } from '../../model/series.ts';
import { notHad } from '../collector.ts';
import { seriesOf } from './metric-search.ts';

const metrics = [
  { key: 'invocations', name: 'Invocations', stat: 'Sum' },
  { key: 'errors', name: 'Errors', stat: 'Sum' },
  { key: 'durationMaxMs', name: 'Duration', stat: 'Maximum' },
] as const;
const periodSeconds = 60;
const none = { at: [], values: [] };

const expression = (name: string, alias: string, metric: (typeof metrics)[number]): string =>
  `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} FunctionName="${name}" Resource="${name}:${alias}" MetricName="${metric.name}"', '${metric.stat}', ${periodSeconds})`;

export interface AliasAt {
  readonly key: string;
  readonly name: string;
  readonly alias: string;
}

/** By key, then by version. One call; what one page does not hold is left out. */
export async function executedVersions(
  aws: Aws<'cloudwatch:GetMetricData'>,
  aliases: readonly AliasAt[],
  window: Window,
): Promise<Result<ReadonlyMap<string, Readonly<Record<string, Served>>>, Missing>> {
  const wanted = aliases.flatMap((one, n) => metrics.map((m) => ({ one, m, id: `v${n}_${m.key}` })));
  const answer = await aws.call('cloudwatch:GetMetricData', {
    MetricDataQueries: wanted.map(({ one, m, id }) => ({
      Id: id,
      Expression: expression(one.name, one.alias, m),
      Label: "${PROP('Dim.ExecutedVersion')}",
      Period: periodSeconds,
    })),
    StartTime: new Date(minuteOf(window.from)),
    EndTime: new Date(nextMinute(window.to)),
    ScanBy: 'TimestampAscending',
  });
  if (!answer.ok) return err(notHad(answer.error));
  const results = (answer.value.MetricDataResults ?? []).flatMap((r) => (r ? [r] : []));
  const refused = results.find((r) => r.StatusCode === 'Forbidden' || r.StatusCode === 'InternalError');
  if (refused)
    return err(missing(refused.StatusCode === 'Forbidden' ? 'denied' : 'down', `cloudwatch:GetMetricData answered ${refused.StatusCode}`));
  const byKey = new Map<string, Record<string, Served>>();
  for (const { one, m, id } of wanted)
    for (const r of results.filter((each) => each.Id === id && each.Label)) {
      const versions = byKey.get(one.key) ?? {};
      const version = r.Label ?? '';
      const before: Served = versions[version] ?? { invocations: none, errors: none, durationMaxMs: none };
      versions[version] = { ...before, [m.key]: seriesOf(r.Timestamps, r.Values) };
      byKey.set(one.key, versions);
    }
  return ok(byKey);
}
