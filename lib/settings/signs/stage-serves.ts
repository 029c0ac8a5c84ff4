// What a stage's own metrics say of a span: that it answered requests well, which is the sign that something put back for it is relied on; that as
// many came as a limit lets in.
import * as v from 'valibot';
import type { Aws, CallError } from '../../aws/calls.ts';
import { apiTypes, type ApiType, type StageRef } from '../../model/api.ts';
import type { Window } from '../../model/evidence.ts';
import { ok, type Result } from '../../model/result.ts';

/** The stage for whose sake a setting is changed, as its metrics are keyed (platform.md §12). */
export const servedStage = v.object({
  apiType: v.picklist(apiTypes),
  apiId: v.string(),
  apiName: v.optional(v.string()),
  stage: v.string(),
});
export type ServedStage = v.InferOutput<typeof servedStage>;
export const servedBy = ({ apiType, apiId, apiName, stage }: StageRef): ServedStage => ({
  apiType,
  apiId,
  stage,
  ...(apiName === undefined ? {} : { apiName }),
});

/** Requests, and what of them failed (signals.md §1; HTTP writes `5xx` where REST writes `5XXError`). */
const names: Readonly<Record<ApiType, readonly string[]>> = {
  REST: ['Count', '5XXError', '4XXError'],
  HTTP: ['Count', '5xx', '4xx'],
  WEBSOCKET: ['MessageCount', 'ExecutionError', 'IntegrationError', 'ClientError'],
};

type Metrics = Aws<'cloudwatch:GetMetricData'>;

/** Whether more requests came in some minute than failed in it. */
export const serves = (aws: Metrics, stage: ServedStage, window: Window): Promise<Result<boolean, CallError>> =>
  someMinute(aws, stage, window, names[stage.apiType], (left) => left > 0);

/** Whether some minute brought as many requests as so many a second. */
export const asksFor = (aws: Metrics, stage: ServedStage, perSecond: number, window: Window): Promise<Result<boolean, CallError>> =>
  someMinute(aws, stage, window, names[stage.apiType].slice(0, 1), (count) => count >= perSecond * 60);

/** Whether the first of the metrics less all others passes in some minute. */
async function someMinute(
  aws: Metrics,
  { apiType, apiId, apiName, stage }: ServedStage,
  window: Window,
  metrics: readonly string[],
  passes: (left: number) => boolean,
): Promise<Result<boolean, CallError>> {
  const Dimensions = [
    apiType === 'REST' ? { Name: 'ApiName', Value: apiName ?? '' } : { Name: 'ApiId', Value: apiId },
    { Name: 'Stage', Value: stage },
  ];
  const answer = await aws.call('cloudwatch:GetMetricData', {
    StartTime: new Date(window.from),
    EndTime: new Date(window.to),
    MetricDataQueries: metrics.map((MetricName, n) => ({
      Id: `m${n}`,
      MetricStat: { Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
    })),
  });
  if (!answer.ok) return answer;
  const left = new Map<number, number>();
  for (const one of answer.value.MetricDataResults ?? [])
    (one?.Timestamps ?? []).forEach((at, i) => {
      const when = at === undefined ? 0 : new Date(at).getTime();
      left.set(when, (left.get(when) ?? 0) + (one?.Values?.[i] ?? 0) * (one?.Id === 'm0' ? 1 : -1));
    });
  return ok([...left.values()].some(passes));
}
