// What of a REST API was edited and is not deployed: the exported definition of a stage beside the resources as edited last. AWS exports no
// edited REST API, so the two are compared field by field, as each of them spells it (fixes.md, preamble and §7).
import { asObject, asText, type JsonObject } from './json.ts';

export interface Undeployed {
  /** `GET /orders` */
  readonly route: string;
  /** The field as GetResources names it, or `route` where the whole of it is there on one side only. */
  readonly field: string;
  readonly says: string;
}
type Fields = Readonly<Record<string, string>>;

/** API Gateway waits this long where nothing is said (causes.md, integration-timeout). */
const defaultTimeoutMs = 29_000;
const anyMethod = 'x-amazon-apigateway-any-method';
const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
/** Values are quoted so far. */
const shownChars = 80;

/** Every difference that a deployment would publish. What neither side shows (models, validators, the API's own policy) is not compared. */
export function undeployedIn(document: JsonObject, resources: readonly unknown[]): readonly Undeployed[] {
  const deployed = deployedRoutes(document);
  const edited = editedRoutes(resources);
  return [...new Set([...deployed.keys(), ...edited.keys()])].toSorted().flatMap((route) => {
    const [was, is] = [deployed.get(route), edited.get(route)];
    if (!was) return [{ route, field: 'route', says: `${route} is edited, and not deployed` }];
    if (!is) return [{ route, field: 'route', says: `${route} was removed, and is still deployed` }];
    return differing(route, was, is);
  });
}

const differing = (route: string, was: Fields, is: Fields): readonly Undeployed[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .toSorted()
    .flatMap((field) =>
      was[field] === is[field]
        ? []
        : [{ route, field, says: `${field} of ${route}: ${cut(was[field])} is deployed, ${cut(is[field])} is edited` }],
    );
const cut = (text: string | undefined): string => (text === undefined ? 'nothing' : text.slice(0, shownChars));

function deployedRoutes(document: JsonObject): ReadonlyMap<string, Fields> {
  const routes = Object.entries(asObject(document['paths']) ?? {}).flatMap(([path, item]) =>
    Object.entries(asObject(item) ?? {}).flatMap(([verb, value]) => {
      const operation = asObject(value);
      const method = verb === anyMethod ? 'ANY' : verbs.has(verb) ? verb.toUpperCase() : undefined;
      return operation && method ? [[`${method} ${path}`, deployedFields(operation)] as const] : [];
    }),
  );
  return new Map(routes);
}

const statuses = (responses: unknown): string => listOf(Object.keys(asObject(responses) ?? {}).filter((key) => /^\d{3}$/.test(key)));
const listOf = (keys: readonly string[]): string => keys.toSorted().join(', ');

function deployedFields(operation: JsonObject): Fields {
  const security = operation['security'];
  return {
    authorization: Array.isArray(security) && security.length > 0 ? 'on' : 'off',
    methodResponses: statuses(operation['responses']),
    ...integrationFields(asObject(operation['x-amazon-apigateway-integration']), (responses) =>
      Object.entries(responses).map(([pattern, one]) => [pattern === 'default' ? '' : pattern, one]),
    ),
  };
}

function editedRoutes(resources: readonly unknown[]): ReadonlyMap<string, Fields> {
  const routes = resources.flatMap((one) => {
    const resource = asObject(one);
    return Object.entries(asObject(resource?.['resourceMethods']) ?? {}).flatMap(([method, value]) => {
      const edited = asObject(value);
      return edited ? [[`${method} ${asText(resource?.['path']) ?? '/'}`, editedFields(edited)] as const] : [];
    });
  });
  return new Map(routes);
}

function editedFields(method: JsonObject): Fields {
  const open = (asText(method['authorizationType']) ?? 'NONE') === 'NONE' && method['apiKeyRequired'] !== true;
  return {
    authorization: open ? 'off' : 'on',
    methodResponses: statuses(method['methodResponses']),
    ...integrationFields(asObject(method['methodIntegration']), (responses) =>
      Object.values(responses).map((one) => [asText(asObject(one)?.['selectionPattern']) ?? '', one]),
    ),
  };
}

type Responses = (responses: JsonObject) => readonly (readonly [pattern: string, answer: unknown])[];

function integrationFields(raw: JsonObject | undefined, byPattern: Responses): Fields {
  if (!raw) return { integration: 'none' };
  const capitals = (key: string, otherwise: string): string => (asText(raw[key]) ?? otherwise).toUpperCase();
  const type = capitals('type', '');
  const plain = ['uri', 'httpMethod', 'credentials', 'connectionId', 'integrationTarget', 'responseTransferMode'] as const;
  const answers = byPattern(asObject(raw['responses'] ?? raw['integrationResponses']) ?? {});
  return {
    type,
    timeoutInMillis: canonical(raw['timeoutInMillis'] ?? defaultTimeoutMs).replaceAll('"', ''),
    passthroughBehavior: capitals('passthroughBehavior', 'WHEN_NO_MATCH'),
    contentHandling: capitals('contentHandling', ''),
    connectionType: capitals('connectionType', 'INTERNET'),
    ...Object.fromEntries(plain.filter((key) => key !== 'httpMethod' || type !== 'MOCK').map((key) => [key, asText(raw[key]) ?? ''])),
    ...Object.fromEntries(['requestParameters', 'requestTemplates', 'tlsConfig'].map((key) => [key, canonical(raw[key])])),
    // a proxy passes the answer on: what it maps is not asked
    integrationResponses: type.endsWith('_PROXY')
      ? ''
      : canonical(Object.fromEntries(answers.map(([pattern, one]) => [pattern, answerOf(one)]))),
  };
}

function answerOf(one: unknown): JsonObject {
  const { statusCode, responseTemplates, responseParameters, contentHandling } = asObject(one) ?? {};
  return { statusCode: String(statusCode), responseTemplates, responseParameters, contentHandling };
}

/** The same for equal values, whatever the order; what is null or empty is not there. */
function canonical(value: unknown): string {
  const object = asObject(value);
  if (!object) return value === undefined || value === null ? '' : JSON.stringify(value);
  const entries = Object.entries(object)
    .map(([key, one]) => [key, canonical(one)] as const)
    .filter(([, text]) => text !== '' && text !== '{}');
  return entries.length === 0
    ? ''
    : `{${entries
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => `${key}: ${text}`)
        .join(', ')}}`;
}
