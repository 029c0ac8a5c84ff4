// What the stage serves: its deployment as AWS exports it, with the stage's own settings. The edited draft of an API
// (GetIntegration, GetResources) is never asked: it may differ from what callers meet (fixes.md, preamble).
import type { Answer, Aws } from '../aws/calls.ts';
import { got, missing, type Evidence } from '../model/evidence.ts';
import { asObject, parseJson, type JsonObject } from '../model/json.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { collector, notHad, type CollectInput } from './collector.ts';
import { routesIn } from './reading/openapi.ts';
import { authorizersIn } from './reading/openapi-authorizers.ts';
import type { Reader } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    deployedApi: DeployedApi;
  }
}

const calls = ['apigateway:GetExport', 'apigateway:GetStage', 'apigatewayv2:ExportApi', 'apigatewayv2:GetStage'] as const;
type Calls = (typeof calls)[number];

/** A REST definition may be large; an export above this is not one we could read in time. */
const largestBytes = 10_000_000;

export default collector({
  kind: 'deployedApi',
  title: 'What the stage serves (its deployment)',
  trust: 'aws',
  calls,
  needs: [],
  round: 'cheap',
  maxCalls: 2,
  read: (aws, input) =>
    input.at.apiType === 'WEBSOCKET' ? webSocket() : input.at.apiType === 'REST' ? rest(aws, input) : http(aws, input),
});

const webSocket = async (): Promise<Evidence<DeployedApi>> => missing('notEnabled', 'API Gateway exports no definition of a WebSocket API');

async function rest(aws: Aws<Calls>, input: CollectInput<never>): Promise<Evidence<DeployedApi>> {
  const { apiId: restApiId, stage: stageName } = input.at;
  const [exported, stage] = await Promise.all([
    aws.call('apigateway:GetExport', {
      restApiId,
      stageName,
      exportType: 'oas30',
      accepts: 'application/json',
      // everything: integrations, authorizers, gateway responses, binary types
      parameters: { extensions: 'apigateway' },
    }),
    aws.call('apigateway:GetStage', { restApiId, stageName }),
  ]);
  return assemble(input, exported, stage.ok ? restStage(stage.value) : unknownStage, stage);
}

async function http(aws: Aws<Calls>, input: CollectInput<never>): Promise<Evidence<DeployedApi>> {
  const { apiId: ApiId, stage: StageName } = input.at;
  const [exported, stage] = await Promise.all([
    aws.call('apigatewayv2:ExportApi', { ApiId, StageName, Specification: 'OAS30', OutputType: 'JSON', IncludeExtensions: true }),
    aws.call('apigatewayv2:GetStage', { ApiId, StageName }),
  ]);
  return assemble(input, exported, stage.ok ? httpStage(stage.value) : { ...unknownStage, executionLogging: 'OFF' }, stage);
}

type StageSettings = Omit<DeployedApi, 'routes'>;
const unknownStage: StageSettings = { variables: {}, tags: {}, executionLogging: 'unknown' };

type RestStage = Extract<Answer<'apigateway:GetStage'>, { ok: true }>['value'];
type HttpStage = Extract<Answer<'apigatewayv2:GetStage'>, { ok: true }>['value'];

const restStage = (s: RestStage): StageSettings => ({
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
const httpStage = (s: HttpStage): StageSettings => ({
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

function assemble(
  input: CollectInput<never>,
  exported: Answer<'apigateway:GetExport'> | Answer<'apigatewayv2:ExportApi'>,
  settings: StageSettings,
  stage: Answer<'apigateway:GetStage'> | Answer<'apigatewayv2:GetStage'>,
): Evidence<DeployedApi> {
  if (!exported.ok) return notHad(exported.error);
  const document = documentOf(exported.value.body);
  if (!document) return missing('empty', 'the exported definition is not an OpenAPI document we can read');
  const reader = { apiType: input.at.apiType, variables: settings.variables, document };
  const routes = routesIn(reader);
  if (!stage.ok && routes.some((r) => r.integration?.unresolved))
    return missing(
      notHad(stage.error).why,
      `the routes use stage variables, and the stage could not be read: ${notHad(stage.error).detail}`,
    );
  return got({ routes, ...settings, ...beside(reader) }, { from: input.now, to: input.now }, 'aws');
}

/** What a definition holds beside its routes. */
function beside(reader: Reader): Pick<DeployedApi, 'authorizers' | 'binaryMediaTypes' | 'gatewayResponses'> {
  const authorizers = authorizersIn(reader);
  const binary = reader.document['x-amazon-apigateway-binary-media-types'];
  const rewritten = Object.entries(asObject(reader.document['x-amazon-apigateway-gateway-responses']) ?? {}).flatMap(([type, r]) => {
    const status = asObject(r)?.['statusCode'];
    return status === undefined ? [] : [[type, String(status)]];
  });
  return {
    ...(authorizers.length > 0 ? { authorizers } : {}),
    ...(Array.isArray(binary) ? { binaryMediaTypes: binary.map(String) } : {}),
    ...(rewritten.length > 0 ? { gatewayResponses: Object.fromEntries(rewritten) } : {}),
  };
}

function documentOf(body: Uint8Array | undefined): JsonObject | undefined {
  if (!body || body.length > largestBytes) return undefined;
  const parsed = parseJson(new TextDecoder().decode(body));
  return parsed.ok ? asObject(parsed.value) : undefined;
}
