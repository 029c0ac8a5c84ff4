// Whether a stage answered requests well in a span, by its own metrics: the sign that something which was put back for it is relied on.
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
const names: Readonly<Record<ApiType, readonly [string, ...string[]]>> = {
  REST: ['Count', '5XXError', '4XXError'],
  HTTP: ['Count', '5xx', '4xx'],
  WEBSOCKET: ['MessageCount', 'ExecutionError', 'IntegrationError', 'ClientError'],
};

/** Whether more requests came in some minute than failed in it. */
export async function serves(
  aws: Aws<'cloudwatch:GetMetricData'>,
  { apiType, apiId, apiName, stage }: ServedStage,
  window: Window,
): Promise<Result<boolean, CallError>> {
  const Dimensions = [
    apiType === 'REST' ? { Name: 'ApiName', Value: apiName ?? '' } : { Name: 'ApiId', Value: apiId },
    { Name: 'Stage', Value: stage },
  ];
  const answer = await aws.call('cloudwatch:GetMetricData', {
    StartTime: new Date(window.from),
    EndTime: new Date(window.to),
    MetricDataQueries: names[apiType].map((MetricName, n) => ({
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
  return ok([...left.values()].some((n) => n > 0));
}
