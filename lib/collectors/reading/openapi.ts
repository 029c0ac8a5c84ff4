// Reads an exported OpenAPI 3 definition: routes and their integrations as the stage serves them. The text is AWS's, but it is
// read as partial: what is not understood becomes a route without an integration, never a guess.
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import { securityOf } from './openapi-authorizers.ts';
import { detailsOf, serviceIn } from './openapi-details.ts';
import { functionIn, optional, resolved, type Reader, type Resolved } from './stage-variables.ts';
import type { Integration, Route } from '../../model/kinds/api.ts';

/** API Gateway waits this long where the definition does not say (REST and WebSocket 29 s, HTTP 30 s; causes.md, integration-timeout). */
const defaultTimeoutMs = { REST: 29_000, WEBSOCKET: 29_000, HTTP: 30_000 } as const;

const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
const anyMethod = 'x-amazon-apigateway-any-method';
const integrationKey = 'x-amazon-apigateway-integration';
const types = ['AWS_PROXY', 'AWS', 'HTTP_PROXY', 'HTTP', 'MOCK'] as const;

/** The routes of an exported definition. */
export function routesIn(reader: Reader): readonly Route[] {
  return Object.entries(asObject(reader.document['paths']) ?? {}).flatMap(([path, item]) =>
    Object.entries(asObject(item) ?? {}).flatMap(([verb, operation]) => {
      const method = verb === anyMethod ? 'ANY' : verbs.has(verb) ? verb.toUpperCase() : undefined;
      const read = asObject(operation);
      return method && read ? [routeOf(reader, method, path, read)] : [];
    }),
  );
}

function routeOf(reader: Reader, method: string, path: string, operation: JsonObject): Route {
  const integration = integrationOf(reader, operation[integrationKey]);
  const declares = Object.keys(asObject(operation['responses']) ?? {}).filter((status) => /^\d{3}$/.test(status));
  return {
    method,
    path: path === '/$default' ? '$default' : path,
    ...(integration ? { integration } : {}),
    ...optional('authorizer', securityOf(reader, operation)),
    ...(declares.length > 0 ? { declares } : {}),
  };
}

function integrationOf(reader: Reader, value: unknown): Integration | undefined {
  const raw = asObject(deref(reader.document, value));
  const name = asText(raw?.['type'])?.toUpperCase();
  const type = types.find((t) => t === name);
  if (!raw || !type) return undefined;
  const put = (key: string): Resolved | undefined => resolved(asText(raw[key]), reader.variables);
  const [uri, credentials, link, target] = [put('uri'), put('credentials'), put('connectionId'), put('integrationTarget')];
  const subtype = asText(raw['integrationSubtype']);
  const timeout = Number(raw['timeoutInMillis']);
  const called = uri && functionIn(uri.text);
  const service = serviceIn(uri?.text, subtype);
  return {
    type,
    ...optional('uri', uri?.text),
    ...optional('httpMethod', asText(raw['httpMethod'])),
    ...(called && !service ? { function: called } : {}),
    ...(service ? { service } : {}),
    ...optional('unresolved', [uri, credentials, link, target].find((r) => r?.unresolved)?.unresolved),
    ...optional('credentials', credentials?.text),
    timeoutMs: Number.isFinite(timeout) && timeout > 0 ? timeout : defaultTimeoutMs[reader.apiType],
    ...optional('payloadFormat', asText(raw['payloadFormatVersion'])),
    ...optional('vpcLink', link?.text),
    ...optional('target', target?.text),
    ...detailsOf(raw),
  };
}

/** Exports of HTTP APIs keep shared integrations under components and refer to them. */
function deref(document: JsonObject, value: unknown): unknown {
  const pointer = asText(asObject(value)?.['$ref']);
  if (!pointer?.startsWith('#/')) return value;
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => asObject(node)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}
