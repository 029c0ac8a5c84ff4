// What the stage serves: its deployment as AWS exports it, with the stage's own settings. The edited draft of an API
// is asked for WebSocket APIs only, which have no export, and told as such: it may differ from what callers meet (fixes.md, preamble).
import type { Answer, Aws } from '../aws/calls.ts';
import { got, missing, type Evidence } from '../model/evidence.ts';
import { asObject, parseJson, type JsonObject } from '../model/json.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import { collector, notHad, type CollectInput } from './collector.ts';
import { routesIn } from './reading/openapi.ts';
import { authorizersIn } from './reading/openapi-authorizers.ts';
import { websocketCalls, websocketDocument, websocketMaxCalls } from './reading/websocket.ts';
import { httpStage, restStage, unknownStage, type StageSettings } from './reading/stage-settings.ts';
import type { Reader } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    deployedApi: DeployedApi;
  }
}

const calls = [
  'apigateway:GetExport',
  'apigateway:GetStage',
  'apigatewayv2:ExportApi',
  'apigatewayv2:GetStage',
  ...websocketCalls,
] as const;
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
  /** A WebSocket API's; an export takes two. */
  maxCalls: 1 + websocketMaxCalls,
  read: (aws, input) =>
    input.at.apiType === 'WEBSOCKET' ? webSocket(aws, input) : input.at.apiType === 'REST' ? rest(aws, input) : http(aws, input),
});

/** Not its deployment, for AWS exports none: the edited definition, and said so. */
async function webSocket(aws: Aws<Calls>, input: CollectInput<never>): Promise<Evidence<DeployedApi>> {
  const { apiId: ApiId, stage: StageName } = input.at;
  const [listed, stage] = await Promise.all([websocketDocument(aws, ApiId), aws.call('apigatewayv2:GetStage', { ApiId, StageName })]);
  if (!listed.ok) return notHad(listed.error);
  const settings = stage.ok ? { ...httpStage(stage.value), executionLogging: webSocketLogging(stage.value) } : unknownStage;
  return assembled(input, listed.value, { ...settings, edited: true }, stage);
}

/** Levels are set for all routes or one by one; one that logs is a log to read. */
function webSocketLogging(stage: Extract<Answer<'apigatewayv2:GetStage'>, { ok: true }>['value']): DeployedApi['executionLogging'] {
  const levels = [stage.DefaultRouteSettings, ...Object.values(stage.RouteSettings ?? {})].map((r) => r?.LoggingLevel);
  return levels.includes('INFO') ? 'INFO' : levels.includes('ERROR') ? 'ERROR' : 'OFF';
}

async function rest(aws: Aws<Calls>, input: CollectInput<never>): Promise<Evidence<DeployedApi>> {
  const { apiId: restApiId, stage: stageName } = input.at;
  const asked = () => aws.call('apigateway:GetStage', { restApiId, stageName });
  const early = input.before?.deployedApi ? await asked() : undefined;
  const same = early?.ok ? unchanged(input, restStage(early.value)) : undefined;
  if (same) return same;
  const [exported, stage] = await Promise.all([
    aws.call('apigateway:GetExport', {
      restApiId,
      stageName,
      exportType: 'oas30',
      accepts: 'application/json',
      // everything: integrations, authorizers, gateway responses, binary types
      parameters: { extensions: 'apigateway' },
    }),
    early ?? asked(),
  ]);
  return assemble(input, exported, stage.ok ? restStage(stage.value) : unknownStage, stage);
}

async function http(aws: Aws<Calls>, input: CollectInput<never>): Promise<Evidence<DeployedApi>> {
  const { apiId: ApiId, stage: StageName } = input.at;
  const asked = () => aws.call('apigatewayv2:GetStage', { ApiId, StageName });
  const early = input.before?.deployedApi ? await asked() : undefined;
  const same = early?.ok ? unchanged(input, httpStage(early.value)) : undefined;
  if (same) return same;
  const [exported, stage] = await Promise.all([
    aws.call('apigatewayv2:ExportApi', { ApiId, StageName, Specification: 'OAS30', OutputType: 'JSON', IncludeExtensions: true }),
    early ?? asked(),
  ]);
  return assemble(input, exported, stage.ok ? httpStage(stage.value) : { ...unknownStage, executionLogging: 'OFF' }, stage);
}

/** The definition of an earlier look: it stands while the stage names the same deployment, with the same settings. */
function unchanged({ before, now }: CollectInput<never>, settings: StageSettings): Evidence<DeployedApi> | undefined {
  const known = before?.deployedApi;
  if (known?.state !== 'got' || settings.deploymentId === undefined) return undefined;
  const { routes: _r, authorizers: _a, binaryMediaTypes: _b, gatewayResponses: _g, partial: _p, ...then } = known.value;
  return JSON.stringify(then) === JSON.stringify(settings) ? got(known.value, { from: now, to: now }, 'aws') : undefined;
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
  return assembled(input, document, settings, stage);
}

function assembled(
  input: CollectInput<never>,
  document: JsonObject,
  settings: StageSettings,
  stage: Answer<'apigateway:GetStage'> | Answer<'apigatewayv2:GetStage'>,
): Evidence<DeployedApi> {
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
function beside(reader: Reader): Pick<DeployedApi, 'authorizers' | 'binaryMediaTypes' | 'gatewayResponses' | 'partial'> {
  const authorizers = authorizersIn(reader);
  const binary = reader.document['x-amazon-apigateway-binary-media-types'];
  const rewritten = Object.entries(asObject(reader.document['x-amazon-apigateway-gateway-responses']) ?? {}).flatMap(([type, r]) => {
    const status = asObject(r)?.['statusCode'];
    return typeof status === 'string' || typeof status === 'number' ? [[type, String(status)]] : [];
  });
  return {
    // a recorded case that tells only of parts
    ...(reader.document['x-gatemedic-partial'] === true ? { partial: true as const } : {}),
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
