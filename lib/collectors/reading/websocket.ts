// A WebSocket API's definition. AWS exports none, so its routes, integrations and authorizers are listed and put into the form of an
// export: the same reader reads both. They are as last edited, which the evidence says; the stage may serve an older deployment.
import type { Answer, Aws, CallError } from '../../aws/calls.ts';
import type { JsonObject } from '../../model/json.ts';
import { err, ok, type Result } from '../../model/result.ts';

export const websocketCalls = ['apigatewayv2:GetRoutes', 'apigatewayv2:GetIntegrations', 'apigatewayv2:GetAuthorizers'] as const;
type Calls = (typeof websocketCalls)[number];

/** Routes of an API: 300 unless raised (AWS "API Gateway quotas"); a page holds 100 here. */
const pageSize = '100';
const pagesEach = 3;
export const websocketMaxCalls = 2 * pagesEach + 1;

type Value<N extends Calls> = Extract<Answer<N>, { ok: true }>['value'];
type Route = NonNullable<NonNullable<Value<'apigatewayv2:GetRoutes'>['Items']>[number]>;
type Integration = NonNullable<NonNullable<Value<'apigatewayv2:GetIntegrations'>['Items']>[number]>;
type Authorizer = NonNullable<NonNullable<Value<'apigatewayv2:GetAuthorizers'>['Items']>[number]>;

/** The definition as an OpenAPI document whose paths are route keys. */
export async function websocketDocument(aws: Aws<Calls>, ApiId: string): Promise<Result<JsonObject, CallError>> {
  const [routes, integrations, authorizers] = await Promise.all([
    pages<Route>((NextToken) => aws.call('apigatewayv2:GetRoutes', { ApiId, MaxResults: pageSize, ...NextToken })),
    pages<Integration>((NextToken) => aws.call('apigatewayv2:GetIntegrations', { ApiId, MaxResults: pageSize, ...NextToken })),
    aws.call('apigatewayv2:GetAuthorizers', { ApiId, MaxResults: pageSize }),
  ]);
  if (!routes.ok) return routes;
  if (!integrations.ok) return integrations;
  const guards = authorizers.ok ? (authorizers.value.Items ?? []).flatMap((one) => (one ? [one] : [])) : [];
  return ok(documentOf(routes.value, integrations.value, guards));
}

type Page<T> = Result<{ readonly Items?: readonly (T | undefined)[] | undefined; readonly NextToken?: string | undefined }, CallError>;
async function pages<T>(ask: (token: { readonly NextToken?: string }) => Promise<Page<T>>): Promise<Result<readonly T[], CallError>> {
  const items: T[] = [];
  let token: string | undefined;
  for (let n = 0; n < pagesEach; n++) {
    const page = await ask(token === undefined ? {} : { NextToken: token });
    if (!page.ok) return n === 0 ? err(page.error) : ok(items);
    items.push(...(page.value.Items ?? []).flatMap((item) => (item === undefined ? [] : [item])));
    token = page.value.NextToken;
    if (!token) break;
  }
  return ok(items);
}

function documentOf(routes: readonly Route[], integrations: readonly Integration[], authorizers: readonly Authorizer[]): JsonObject {
  const byId = new Map(integrations.map((i) => [`integrations/${i.IntegrationId ?? ''}`, integrationOf(i)]));
  const names = new Map(authorizers.map((a) => [a.AuthorizerId ?? '', nameOf(a)]));
  const paths = routes.flatMap((route) => {
    if (route.RouteKey === undefined) return [];
    const integration = route.Target === undefined ? undefined : byId.get(route.Target);
    const guard = route.AuthorizerId === undefined ? undefined : names.get(route.AuthorizerId);
    const operation = {
      ...(integration ? { 'x-amazon-apigateway-integration': integration } : {}),
      ...(guard === undefined ? {} : { security: [{ [guard]: [] }] }),
    };
    return [[route.RouteKey, { 'x-amazon-apigateway-any-method': operation }] as const];
  });
  return {
    paths: Object.fromEntries(paths),
    components: { securitySchemes: Object.fromEntries(authorizers.map((a) => [nameOf(a), schemeOf(a)])) },
  };
}

const nameOf = (one: Authorizer): string => one.Name ?? one.AuthorizerId ?? 'unnamed';

const schemeOf = (one: Authorizer): JsonObject => ({
  type: 'apiKey',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': present({
    type: one.AuthorizerType?.toLowerCase(),
    authorizerUri: one.AuthorizerUri,
    authorizerCredentials: one.AuthorizerCredentialsArn,
  }),
});

/** The fields of a listed integration under the names an export gives them. */
const integrationOf = (i: Integration): JsonObject =>
  present({
    type: i.IntegrationType?.toLowerCase(),
    uri: i.IntegrationUri,
    httpMethod: i.IntegrationMethod,
    credentials: i.CredentialsArn,
    connectionId: i.ConnectionId,
    connectionType: i.ConnectionType,
    timeoutInMillis: i.TimeoutInMillis,
    payloadFormatVersion: i.PayloadFormatVersion,
    passthroughBehavior: i.PassthroughBehavior?.toLowerCase(),
    contentHandling: i.ContentHandlingStrategy,
    requestTemplates: i.RequestTemplates,
    requestParameters: i.RequestParameters,
    tlsConfig: i.TlsConfig?.ServerNameToVerify === undefined ? undefined : { serverNameToVerify: i.TlsConfig.ServerNameToVerify },
  });

const present = (fields: JsonObject): JsonObject => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
