// Whether an outage still lasts: one look at the requests and 5xx of all its stages together, once no news has come for a while. An alarm is
// silent while it stays in alarm, so that silence alone must not end an outage.
import type { CallName } from '../../aws/calls.ts';
import { dimensionsOf, metricNames } from '../../collectors/gateway-metrics.ts';
import { readMetrics, type Wanted } from '../../collectors/reading/metrics.ts';
import type { StageRef } from '../../model/api.ts';
import type { Incident } from '../../model/incident.ts';
import type { Series } from '../../model/kinds/api.ts';
import { metricLagMs, minuteMs, minuteOf } from '../../model/series.ts';
import type { World } from '../../world.ts';
import { watchedStageOf } from '../opening/subject.ts';

/** Log lines and new alarms are news enough before that. */
const silentMs = 10 * minuteMs;
/** Complete minutes that are looked at. */
const spanMs = 5 * minuteMs;
/** GetMetricData takes 500 queries a call: two for each stage. */
const mostStages = 250;

/** Undefined while news still comes, and where metrics do not tell: no traffic at all, denied, throttled. */
export async function outageFailing(
  world: Pick<World<CallName>, 'aws' | 'installation' | 'now'>,
  parent: Pick<Incident, 'lastFailureAt' | 'outageOf'>,
): Promise<boolean | undefined> {
  if (world.now() - parent.lastFailureAt < silentMs) return undefined;
  const to = minuteOf(world.now() - metricLagMs);
  const read = await readMetrics(world.aws, wantedOf(world, parent.outageOf ?? []), { from: to - spanMs, to });
  if (!read.ok) return undefined;
  const sums = (prefix: string): number => [...read.value].reduce((all, [id, s]) => all + (id.startsWith(prefix) ? total(s) : 0), 0);
  if (sums('bad') > 0) return true;
  return sums('all') > 0 ? false : undefined;
}
const total = (series: Series): number => series.values.reduce((sum, n) => sum + n, 0);

function wantedOf({ installation }: Pick<World, 'installation'>, keys: readonly string[]): readonly Wanted[] {
  return keys.slice(0, mostStages).flatMap((key, n) => {
    const [apiId = '', ...rest] = key.split('/');
    const watched = watchedStageOf(installation, { apiId, stage: rest.join('/') });
    if (!watched) return [];
    const at: StageRef = { accountId: installation.accountId, region: installation.region, ...watched };
    const dimensions = dimensionsOf(at);
    if (!dimensions) return [];
    const { count, serverErrors } = metricNames[at.apiType];
    const one = (id: string, name: string): Wanted => ({ id: `${id}${n}`, namespace: 'AWS/ApiGateway', name, stat: 'Sum', dimensions });
    return [one('all', count), one('bad', serverErrors)];
  });
}
