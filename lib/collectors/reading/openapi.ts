// Reads an exported OpenAPI 3 definition: routes and their integrations as the stage serves them. The text is AWS's, but it is
// read as partial: what is not understood becomes a route without an integration, never a guess.
import { parseFunctionArn } from '../../model/api.ts';
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { Integration, Route } from '../../model/kinds/api.ts';

/** API Gateway waits this long where the definition does not say (REST and WebSocket 29 s, HTTP 30 s; causes.md, integration-timeout). */
const defaultTimeoutMs = { REST: 29_000, WEBSOCKET: 29_000, HTTP: 30_000 } as const;

const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
const anyMethod = 'x-amazon-apigateway-any-method';
const integrationKey = 'x-amazon-apigateway-integration';
const types = ['AWS_PROXY', 'AWS', 'HTTP_PROXY', 'HTTP', 'MOCK'] as const;

export interface Reader {
  readonly apiType: keyof typeof defaultTimeoutMs;
  readonly variables: Readonly<Record<string, string>>;
  readonly document: JsonObject;
}

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
  return { method, path: path === '/$default' ? '$default' : path, ...(integration ? { integration } : {}) };
}

function integrationOf(reader: Reader, value: unknown): Integration | undefined {
  const raw = asObject(deref(reader.document, value));
  const name = asText(raw?.['type'])?.toUpperCase();
  const type = types.find((t) => t === name);
  if (!raw || !type) return undefined;
  const written = asText(raw['uri']);
  const uri = written === undefined ? undefined : resolve(written, reader.variables);
  const timeout = Number(raw['timeoutInMillis']);
  const target = uri?.text === undefined ? undefined : functionIn(uri.text);
  return {
    type,
    ...(uri ? { uri: uri.text } : {}),
    ...optional('httpMethod', asText(raw['httpMethod'])),
    ...(target ? { function: target } : {}),
    ...optional('unresolved', uri?.unresolved),
    ...optional('credentials', asText(raw['credentials'])),
    timeoutMs: Number.isFinite(timeout) && timeout > 0 ? timeout : defaultTimeoutMs[reader.apiType],
    ...optional('payloadFormat', asText(raw['payloadFormatVersion'])),
  };
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: string });

/** Exports of HTTP APIs keep shared integrations under components and refer to them. */
function deref(document: JsonObject, value: unknown): unknown {
  const pointer = asText(asObject(value)?.['$ref']);
  if (!pointer?.startsWith('#/')) return value;
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => asObject(node)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

/** Puts stage variables in. `unresolved` is the first one that the stage lacks or leaves empty. */
function resolve(text: string, variables: Readonly<Record<string, string>>): { readonly text: string; readonly unresolved?: string } {
  let unresolved: string | undefined;
  const resolved = text.replace(/\$\{stageVariables\.([A-Za-z0-9_]{1,64})\}/g, (whole, name: string) => {
    const value = variables[name];
    if (!value) unresolved ??= name;
    return value || whole;
  });
  return { text: resolved, ...(unresolved === undefined ? {} : { unresolved }) };
}

/** The function out of `…:lambda:path/2015-03-31/functions/{arn}/invocations`, or out of a plain function ARN. */
function functionIn(uri: string): Integration['function'] {
  const inPath = /\/functions\/(arn:[^/\s]{1,300})\/(?:response-streaming-)?invocations$/.exec(uri)?.[1];
  return parseFunctionArn(inPath ?? uri);
}
