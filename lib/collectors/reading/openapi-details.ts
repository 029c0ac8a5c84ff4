// What an exported integration holds beside its target: templates, answers, parameters, TLS. Names are those of the
// x-amazon-apigateway-integration extension (AWS "OpenAPI extensions to API Gateway").
import { asObject, asText, asTexts, type JsonObject } from '../../model/json.ts';
import type { Integration, IntegrationAnswer } from '../../model/kinds/api.ts';

type Details = Pick<
  Integration,
  'passthrough' | 'contentHandling' | 'requestTemplates' | 'requestParameters' | 'answers' | 'tls' | 'streams'
>;

/** Templates are shown and compared, never run: longer ones are cut. */
const templateChars = 4096;

export function detailsOf(raw: JsonObject): Details {
  const requestTemplates = textsOf(raw['requestTemplates']);
  // stated and empty is an answer: nothing is mapped
  const requestParameters = textsOf(raw['requestParameters']) ?? (asObject(raw['requestParameters']) && {});
  const answers = answersOf(raw['responses']);
  const tls = tlsOf(raw['tlsConfig']);
  const passthrough = asText(raw['passthroughBehavior']);
  const contentHandling = asText(raw['contentHandling']);
  return {
    ...(passthrough === undefined ? {} : { passthrough }),
    ...(contentHandling === undefined ? {} : { contentHandling }),
    ...(requestTemplates ? { requestTemplates } : {}),
    ...(requestParameters ? { requestParameters } : {}),
    ...(answers ? { answers } : {}),
    ...(tls ? { tls } : {}),
    ...(asText(raw['responseTransferMode'])?.toUpperCase() === 'STREAM' ? { streams: true } : {}),
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(asObject(value) ?? {}).flatMap(([key, text]) =>
    typeof text === 'string' ? [[key, text.slice(0, templateChars)] as const] : [],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The export writes the empty selection pattern as `default`. */
function answersOf(value: unknown): readonly IntegrationAnswer[] | undefined {
  const entries = Object.entries(asObject(value) ?? {});
  if (entries.length === 0) return undefined;
  return entries.map(([pattern, raw]) => {
    const answer = asObject(raw);
    const templates = textsOf(answer?.['responseTemplates']);
    const contentHandling = asText(answer?.['contentHandling']);
    return {
      pattern: pattern === 'default' ? '' : pattern,
      statusCode: asTexts(answer?.['statusCode'])[0] ?? '',
      ...(templates ? { templates } : {}),
      ...(contentHandling === undefined ? {} : { contentHandling }),
    };
  });
}

function tlsOf(value: unknown): Integration['tls'] {
  const raw = asObject(value);
  if (!raw) return undefined;
  const serverName = asText(raw['serverNameToVerify']);
  return {
    ...(serverName === undefined ? {} : { serverName }),
    ...(raw['insecureSkipVerification'] === true ? { insecure: true } : {}),
  };
}

/** `arn:aws:apigateway:{region}:{service}:action/{action}` or `…:path/{path}`; HTTP APIs name a subtype such as `SQS-SendMessage`. */
export function serviceIn(uri: string | undefined, subtype: string | undefined): Integration['service'] {
  if (subtype !== undefined) {
    const [name = '', action] = subtype.split('-', 2);
    return { name: name.toLowerCase(), ...(action === undefined ? {} : { action }) };
  }
  const m = /^arn:aws[\w-]{0,10}:apigateway:[a-z0-9-]{1,30}:([\w.-]{1,64}):(action|path)\/(.{0,500})$/s.exec(uri ?? '');
  if (!m?.[1] || m[1] === 'lambda') return undefined;
  return { name: m[1], [m[2] === 'action' ? 'action' : 'path']: m[3] ?? '' };
}
