// The authorizers of an exported definition, and which of them stands before a route.
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { DeployedAuthorizer } from '../../model/kinds/api.ts';
import { functionIn, optional, resolved, type Reader } from './stage-variables.ts';

const authorizerKey = 'x-amazon-apigateway-authorizer';
const authTypeKey = 'x-amazon-apigateway-authtype';

const schemesOf = (document: JsonObject): JsonObject => asObject(asObject(document['components'])?.['securitySchemes']) ?? {};

/** The authorizers of the definition; API keys and other schemes that authorize nobody are left out. */
export function authorizersIn(reader: Reader): readonly DeployedAuthorizer[] {
  return Object.entries(schemesOf(reader.document)).flatMap(([name, scheme]) => {
    const read = asObject(scheme);
    const authType = asText(read?.[authTypeKey]);
    const raw = asObject(read?.[authorizerKey]);
    if (!raw) return authType?.toLowerCase() === 'awssigv4' ? [{ name, type: 'iam' as const }] : [];
    return [authorizerOf(reader, name, raw)];
  });
}

function authorizerOf(reader: Reader, name: string, raw: JsonObject): DeployedAuthorizer {
  const uri = resolved(asText(raw['authorizerUri']), reader.variables);
  const credentials = resolved(asText(raw['authorizerCredentials']), reader.variables);
  const called = uri && functionIn(uri.text);
  const ttl = raw['authorizerResultTtlInSeconds'];
  return {
    name,
    type: typeOf(asText(raw['type'])),
    ...optional('uri', uri?.text),
    ...(called ? { function: called } : {}),
    ...optional('unresolved', uri?.unresolved ?? credentials?.unresolved),
    ...optional('credentials', credentials?.text),
    ...optional('payloadFormat', asText(raw['authorizerPayloadFormatVersion'])),
    ...(typeof raw['enableSimpleResponses'] === 'boolean' ? { simpleResponses: raw['enableSimpleResponses'] } : {}),
    ...(typeof ttl === 'number' ? { ttlSeconds: ttl } : {}),
  };
}

function typeOf(type: string | undefined): DeployedAuthorizer['type'] {
  const name = type?.toLowerCase();
  return name === 'token' || name === 'request' || name === 'jwt' ? name : name === 'cognito_user_pools' ? 'cognito' : 'unknown';
}

/** The name of the authorizer a route asks; API keys stand beside it and authorize nobody. */
export function securityOf(reader: Reader, operation: JsonObject): string | undefined {
  const schemes = schemesOf(reader.document);
  const asked = Array.isArray(operation['security']) ? operation['security'].flatMap((s) => Object.keys(asObject(s) ?? {})) : [];
  return asked.find((name) => authorizerKey in (asObject(schemes[name]) ?? {}) || authTypeKey in (asObject(schemes[name]) ?? {}));
}
