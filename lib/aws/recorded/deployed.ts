// Reports state GetIntegration, GetRestApi, GetAuthorizer …, seldom an export. What they found at fault is taken as deployed, since
// they say it is what fails; what they leave out stays unknown, and the definition says that it is partial.
import { functionArn } from '../../model/api.ts';
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { RecordedCase } from './case.ts';
import { anyMethod, answersTo, functionIn, placeOf, routeOf } from './place.ts';

/** The mark of a definition that was put together from parts. */
const partialKey = 'x-gatemedic-partial';

interface RouteEntry {
  readonly method: string;
  readonly path: string;
  readonly integration: JsonObject;
  readonly responses: JsonObject;
}

/** An OpenAPI definition of what the report states; undefined when it states nothing of the API. */
export function definitionOf(one: RecordedCase): JsonObject | undefined {
  const routes = routesOf(one);
  const authorizer = authorizerOf(one);
  const responses = gatewayResponses(one);
  const api = answersTo(one, 'apigateway:GetRestApi', 'apigatewayv2:GetApi')[0]?.output;
  const stage = answersTo(one, 'apigateway:GetStage', 'apigatewayv2:GetStage')[0];
  if (routes.length === 0 && !authorizer && !responses && !api && !stage) return undefined;
  const security = authorizer ? { security: [{ [authorizer.name]: [] }] } : {};
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const { method, path, integration, responses: declared } of routes)
    (paths[path] ??= {})[method] = {
      'x-amazon-apigateway-integration': integration,
      ...(Object.keys(declared).length > 0 ? { responses: declared } : {}),
      ...security,
    };
  return {
    openapi: '3.0.1',
    [partialKey]: true,
    paths,
    ...(authorizer ? { components: { securitySchemes: { [authorizer.name]: authorizer.scheme } } } : {}),
    ...(responses ? { 'x-amazon-apigateway-gateway-responses': responses } : {}),
    ...(Array.isArray(api?.['binaryMediaTypes']) ? { 'x-amazon-apigateway-binary-media-types': api['binaryMediaTypes'] } : {}),
  };
}

const integrationCalls = ['apigateway:GetIntegration', 'apigatewayv2:GetIntegration'] as const;

function routesOf(one: RecordedCase): readonly RouteEntry[] {
  const methods = answersTo(one, 'apigateway:GetMethod').map(({ input, output }) => ({
    input,
    output: { ...asObject(output['methodIntegration']), httpMethodOf: output['httpMethod'] } as JsonObject,
    declares: asObject(output['methodResponses']),
  }));
  const stated = [...answersTo(one, ...integrationCalls).map((s) => ({ ...s, declares: undefined })), ...methods];
  const declared = declaredBy(one);
  const named = routeOf(one);
  return (stated.length > 0 ? stated : [{ input: {}, output: {}, declares: undefined }]).flatMap(({ input, output, declares }, n) => {
    const integration = integrationOf(one, output, stated.length === 1 || n === 0);
    const verb = asText(input['httpMethod'] ?? output['httpMethodOf'])?.toLowerCase();
    const method = verb === 'any' ? anyMethod : (verb ?? named.method);
    const path = stated.length > 1 && n > 0 && verb === undefined ? `/recorded-${n}` : named.path;
    return integration ? [{ method, path, integration, responses: declares ?? declared }] : [];
  });
}

/** What one stated integration is, in the words of an export; undefined when not even its type can be told. */
function integrationOf(one: RecordedCase, o: JsonObject, only: boolean): JsonObject | undefined {
  const field = (rest: string, http: string): unknown => o[rest] ?? o[http];
  const target = only ? functionIn(one) : undefined;
  const link = field('connectionType', 'ConnectionType') === 'VPC_LINK' || (only && speaksOfLinks(one));
  const uri = asText(field('uri', 'IntegrationUri'));
  const type = asText(field('type', 'IntegrationType')) ?? (only ? one.integration : undefined) ?? typeBy(uri, link, target !== undefined);
  if (type === undefined) return undefined;
  const lambda = /^AWS(?:_PROXY)?$/i.test(type) && target ? functionArn(target) : undefined;
  return {
    type,
    uri: uri ?? (link ? placeholderUri(one) : lambda),
    httpMethod: field('httpMethod', 'IntegrationMethod') ?? (lambda === undefined ? undefined : 'POST'),
    timeoutInMillis: field('timeoutInMillis', 'TimeoutInMillis'),
    payloadFormatVersion: field('payloadFormatVersion', 'PayloadFormatVersion'),
    credentials: field('credentials', 'CredentialsArn'),
    connectionId: field('connectionId', 'ConnectionId') ?? (link ? linkId : undefined),
    integrationSubtype: field('integrationSubtype', 'IntegrationSubtype'),
    integrationTarget: field('integrationTarget', 'IntegrationTarget'),
    passthroughBehavior: field('passthroughBehavior', 'PassthroughBehavior'),
    contentHandling: field('contentHandling', 'ContentHandlingStrategy'),
    requestTemplates: field('requestTemplates', 'RequestTemplates'),
    requestParameters: field('requestParameters', 'RequestParameters'),
    responseTransferMode: field('responseTransferMode', 'ResponseTransferMode'),
    tlsConfig: tlsOf(field('tlsConfig', 'TlsConfig')),
    responses: only ? answersOf(one, asObject(o['integrationResponses'])) : undefined,
  };
}

/** Ids of what a report does not name but presupposes: a link that answers are about, a balancer whose targets are told of. */
export const linkId = 'recorded';
export const balancerArn = (region: string): string =>
  `arn:aws:elasticloadbalancing:${region}:000000000000:loadbalancer/app/recorded/0000000000000000`;
export const listenerArn = (region: string): string =>
  `arn:aws:elasticloadbalancing:${region}:000000000000:listener/app/recorded/0000000000000000/0000000000000000`;
export const targetGroupArn = (region: string): string =>
  `arn:aws:elasticloadbalancing:${region}:000000000000:targetgroup/recorded/0000000000000000`;

/** HTTP APIs name the listener; REST APIs a host, and the link names the balancer. */
function placeholderUri(one: RecordedCase): string | undefined {
  const { apiType, region } = placeOf(one);
  return apiType === 'HTTP' ? listenerArn(region) : undefined;
}

/** Load balancers stand behind a link; a report about them without a link would be about something else. */
export const speaksOfLinks = (one: RecordedCase): boolean =>
  (one.answers ?? []).some(
    (a) => /^(?:apigateway|apigatewayv2):GetVpcLinks?$/.test(a.call) || /^(?:elbv2|elasticloadbalancing\w{0,4}):/.test(a.call),
  ) || (one.metrics ?? []).some((m) => /^AWS\/(?:Application|Network)ELB$/.test(m.namespace));

function typeBy(uri: string | undefined, link: boolean, lambda: boolean): string | undefined {
  if (link) return 'HTTP_PROXY';
  if (uri !== undefined) return /:lambda:/.test(uri) ? 'AWS_PROXY' : /^https?:/.test(uri) ? 'HTTP_PROXY' : undefined;
  return lambda ? 'AWS_PROXY' : undefined;
}

function tlsOf(value: unknown): JsonObject | undefined {
  const tls = asObject(value);
  return (
    tls && {
      serverNameToVerify: tls['serverNameToVerify'] ?? tls['ServerNameToVerify'],
      insecureSkipVerification: tls['insecureSkipVerification'],
    }
  );
}

/** Integration responses by their selection pattern; the export writes the empty pattern as `default`. */
function answersOf(one: RecordedCase, inIntegration: JsonObject | undefined): JsonObject | undefined {
  const stated = [...Object.values(inIntegration ?? {}), ...answersTo(one, 'apigateway:GetIntegrationResponse').map((a) => a.output)];
  const entries = stated.flatMap((raw) => {
    const answer = asObject(raw);
    return answer ? [[asText(answer['selectionPattern']) ?? 'default', answer] as const] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const declaredBy = (one: RecordedCase): JsonObject =>
  Object.fromEntries(
    answersTo(one, 'apigateway:GetMethodResponse').flatMap(({ output }) => {
      const status = asText(output['statusCode']);
      return status === undefined ? [] : [[status, {}]];
    }),
  );

/** The authorizer a report tells of: alone, or as the first of a list that calls a function. It is what fails, so it stands before the route. */
function authorizerOf(one: RecordedCase): { readonly name: string; readonly scheme: JsonObject } | undefined {
  const alone = answersTo(one, 'apigateway:GetAuthorizer', 'apigatewayv2:GetAuthorizer').map((a) => a.output);
  const listed = answersTo(one, 'apigateway:GetAuthorizers', 'apigatewayv2:GetAuthorizers').flatMap(({ output }) =>
    [output['items'] ?? output['Items']].flat().flatMap((raw): readonly JsonObject[] => [asObject(raw) ?? {}]),
  );
  const o = alone[0] ?? listed.find((l) => asText(l['authorizerUri'] ?? l['AuthorizerUri']) !== undefined);
  if (!o) return undefined;
  const field = (rest: string, http: string): unknown => o[rest] ?? o[http];
  return {
    // ids are found by name
    name: asText(field('name', 'Name')) ?? 'recorded',
    scheme: {
      type: 'apiKey',
      'x-amazon-apigateway-authorizer': {
        type: asText(field('type', 'AuthorizerType'))?.toLowerCase(),
        authorizerUri: field('authorizerUri', 'AuthorizerUri'),
        authorizerCredentials: field('authorizerCredentials', 'AuthorizerCredentialsArn'),
        authorizerResultTtlInSeconds: field('authorizerResultTtlInSeconds', 'AuthorizerResultTtlInSeconds'),
        authorizerPayloadFormatVersion: o['AuthorizerPayloadFormatVersion'],
        enableSimpleResponses: o['EnableSimpleResponses'],
      },
    },
  };
}

function gatewayResponses(one: RecordedCase): JsonObject | undefined {
  const single = answersTo(one, 'apigateway:GetGatewayResponse').map((a) => a.output);
  const listed = answersTo(one, 'apigateway:GetGatewayResponses').flatMap(({ output }) =>
    Array.isArray(output['items']) ? output['items'] : [],
  );
  const entries = [...single, ...listed].flatMap((raw) => {
    const response = asObject(raw);
    const type = asText(response?.['responseType']);
    return type === undefined || response?.['statusCode'] === undefined ? [] : [[type, { statusCode: response['statusCode'] }]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
