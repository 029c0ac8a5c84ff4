// A stage's own settings out of GetStage, for both families: variables, logs, throttling, a canary, the web ACL.
import type { Answer } from '../../aws/calls.ts';
import type { DeployedApi } from '../../model/kinds/api.ts';

export type StageSettings = Omit<DeployedApi, 'routes'>;
export const unknownStage: StageSettings = { variables: {}, tags: {}, executionLogging: 'unknown' };

type RestStage = Extract<Answer<'apigateway:GetStage'>, { ok: true }>['value'];
type HttpStage = Extract<Answer<'apigatewayv2:GetStage'>, { ok: true }>['value'];

export const restStage = (s: RestStage): StageSettings => ({
  variables: texts(s.variables),
  tags: texts(s.tags),
  ...(s.deploymentId === undefined ? {} : { deploymentId: s.deploymentId }),
  executionLogging: loggingOf(s.methodSettings),
  ...accessLogOf(s.accessLogSettings?.destinationArn, s.accessLogSettings?.format),
  ...(s.webAclArn === undefined ? {} : { webAclArn: s.webAclArn }),
  ...throttlingOf(
    Object.entries(s.methodSettings ?? {}).map(([key, m]) => [routeOfSetting(key), m?.throttlingRateLimit, m?.throttlingBurstLimit]),
  ),
  ...canaryOf(s.canarySettings),
  ...(s.clientCertificateId === undefined ? {} : { clientCertificateId: s.clientCertificateId }),
  ...(s.tracingEnabled === undefined ? {} : { tracing: s.tracingEnabled }),
  ...updatedAt(s.lastUpdatedDate),
});
/** HTTP APIs write no execution logs at all (messages.md §6). */
export const httpStage = (s: HttpStage): StageSettings => ({
  variables: texts(s.StageVariables),
  tags: texts(s.Tags),
  ...(s.DeploymentId === undefined ? {} : { deploymentId: s.DeploymentId }),
  executionLogging: 'OFF',
  ...accessLogOf(s.AccessLogSettings?.DestinationArn, s.AccessLogSettings?.Format),
  ...throttlingOf([
    ['*', s.DefaultRouteSettings?.ThrottlingRateLimit, s.DefaultRouteSettings?.ThrottlingBurstLimit],
    ...Object.entries(s.RouteSettings ?? {}).map(([key, r]) => [key, r?.ThrottlingRateLimit, r?.ThrottlingBurstLimit] as const),
  ]),
  ...(s.AutoDeploy === undefined ? {} : { autoDeploy: s.AutoDeploy }),
  ...(s.LastDeploymentStatusMessage === undefined ? {} : { lastDeploymentMessage: s.LastDeploymentStatusMessage }),
  ...updatedAt(s.LastUpdatedDate),
});

const updatedAt = (date: Date | undefined): Pick<DeployedApi, 'lastUpdatedAt'> =>
  date === undefined ? {} : { lastUpdatedAt: new Date(date).getTime() };

/** Method settings are keyed `{resource}/{METHOD}` with `~1` for a slash; a star for both is the stage's default. */
function routeOfSetting(key: string): string {
  const cut = key.lastIndexOf('/');
  const path = key.slice(0, cut).replaceAll('~1', '/');
  return key === '*/*' ? '*' : `${key.slice(cut + 1)} ${path.startsWith('/') ? path : `/${path}`}`;
}

type Throttle = readonly [route: string, rate: number | undefined, burst: number | undefined];
function throttlingOf(settings: readonly Throttle[]): Pick<DeployedApi, 'throttling'> {
  const set = settings.filter(([, rate, burst]) => rate !== undefined || burst !== undefined);
  if (set.length === 0) return {};
  const limits = set.map(([route, rate, burst]) => [
    route,
    { ...(rate === undefined ? {} : { rate }), ...(burst === undefined ? {} : { burst }) },
  ]);
  return { throttling: Object.fromEntries(limits) };
}

function canaryOf(canary: RestStage['canarySettings']): Pick<DeployedApi, 'canary'> {
  if (!canary) return {};
  const deployment = canary.deploymentId === undefined ? {} : { deploymentId: canary.deploymentId };
  return { canary: { percent: canary.percentTraffic ?? 0, ...deployment, variables: texts(canary.stageVariableOverrides) } };
}

const texts = (record: Readonly<Record<string, string | undefined>> | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));

const accessLogOf = (destinationArn: string | undefined, format: string | undefined): Pick<DeployedApi, 'accessLog'> =>
  destinationArn === undefined ? {} : { accessLog: { destinationArn, format: format ?? '' } };

/** The most talkative level any method of the stage has: one method that logs is a log to read. */
function loggingOf(settings: RestStage['methodSettings']): DeployedApi['executionLogging'] {
  if (settings === undefined) return 'unknown';
  const levels = Object.values(settings).map((s) => s?.loggingLevel);
  return levels.includes('INFO') ? 'INFO' : levels.includes('ERROR') ? 'ERROR' : 'OFF';
}
