// The OpenAPI export of a deployment, as GetExport and ExportApi write it: integrations, authorizers, rewritten responses, binary types.
import { defaultTimeoutMs, lambdaUri, type RouteSpec, type ServedStage } from './apis.ts';
import type { Base } from './base.ts';
import { httpIntegration } from './http-backends.ts';
import { declaredResponses, mappedIntegration, roleArn, subtypeIntegration } from './mapped.ts';
import { privateIntegration } from './private-integration.ts';

/** One integration as the export writes it. */
export function integration(base: Base, api: ServedStage, route: RouteSpec): Record<string, unknown> {
  const timeoutInMillis = route.timeoutMs ?? defaultTimeoutMs(api.apiType);
  if (route.mapped) return (api.apiType === 'HTTP' ? subtypeIntegration : mappedIntegration)(base, route.mapped, timeoutInMillis);
  if (route.httpBackend) return httpIntegration(api, route, timeoutInMillis);
  if (route.privateBackend) return privateIntegration(api, route, route.privateBackend, timeoutInMillis);
  const own =
    api.apiType === 'REST'
      ? { passthroughBehavior: 'when_no_match', contentHandling: 'CONVERT_TO_TEXT' }
      : { payloadFormatVersion: route.payloadFormat ?? '2.0', connectionType: 'INTERNET' };
  return {
    type: 'aws_proxy',
    httpMethod: route.lambdaMethod ?? 'POST',
    uri: lambdaUri(base, route),
    timeoutInMillis,
    ...credentialsOf(base, route),
    ...own,
  };
}

const credentialsOf = (base: Base, route: RouteSpec): { readonly credentials?: string } =>
  route.role === undefined ? {} : { credentials: roleArn(base, route.role) };

/** Authorizers as an export with extensions writes them. */
const securitySchemes = (base: Base, api: ServedStage): Record<string, unknown> =>
  Object.fromEntries(
    api.authorizers.map((a) => [
      a.name,
      {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: a.type,
          authorizerUri: lambdaUri(base, a),
          authorizerResultTtlInSeconds: a.ttlSeconds ?? 0,
          ...(api.apiType === 'HTTP'
            ? {
                authorizerPayloadFormatVersion: '2.0',
                enableSimpleResponses: a.simpleResponses ?? false,
                identitySource: '$request.header.Authorization',
              }
            : {}),
        },
      },
    ]),
  );

/** Gateway responses with a status of the owner's own. */
function rewrittenResponses(api: ServedStage): Record<string, unknown> {
  const set = Object.entries(api.around.gatewayResponses).map(([type, status]) => [type, { statusCode: Number(status) }]);
  return set.length === 0 ? {} : { 'x-amazon-apigateway-gateway-responses': Object.fromEntries(set) };
}

/** The deployment as OpenAPI 3.0, as GetExport and ExportApi write it. */
export function exportOf(base: Base, api: ServedStage): Uint8Array {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of api.deployed) {
    const path = route.path === '$default' ? '/$default' : route.path;
    const verb = route.method === 'ANY' || route.path === '$default' ? 'x-amazon-apigateway-any-method' : route.method.toLowerCase();
    const parameters = [...route.path.matchAll(/\{([^}+]{1,64})\+?\}/g)].map((m) => ({
      name: m[1],
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    const operation = {
      ...(route.path === '$default' ? { isDefaultRoute: true } : {}),
      ...(parameters.length > 0 ? { parameters } : {}),
      responses: declaredResponses(route) ?? { default: { description: `Default response for ${route.method} ${route.path}` } },
      ...(route.authorizer === undefined ? {} : { security: [{ [route.authorizer]: [] }] }),
      ...(route.empty ? {} : { 'x-amazon-apigateway-integration': integration(base, api, route) }),
    };
    paths[path] = { ...paths[path], [verb]: operation };
  }
  const server = {
    url: `https://${api.apiId}.execute-api.${base.here.region}.amazonaws.com/{basePath}`,
    variables: { basePath: { default: api.apiType === 'REST' ? `/${api.stage}` : '' } },
  };
  return new TextEncoder().encode(
    JSON.stringify({
      openapi: '3.0.1',
      info: { title: api.name, version: new Date(api.deployedAt).toISOString() },
      servers: [server],
      paths,
      ...rewrittenResponses(api),
      ...(api.binaryMediaTypes.length > 0 ? { 'x-amazon-apigateway-binary-media-types': api.binaryMediaTypes } : {}),
      components: api.authorizers.length > 0 ? { securitySchemes: securitySchemes(base, api) } : {},
    }),
  );
}
