// Where a reported fault happened, as far as the report names it: account, Region, API, stage, route, function. Placeholders for the
// rest; they match nothing by accident.
import { parseFunctionArn, type ApiType, type FunctionRef, type StageRef } from '../../model/api.ts';
import { asObject, asText, type JsonObject } from '../../model/json.ts';
import type { RecordedAnswer, RecordedCase } from './case.ts';

const unknownPlace = { accountId: '000000000000', region: 'us-east-1', apiId: 'recorded', stage: 'recorded', apiName: 'recorded' };

/** The answers a report states to one of these calls, with what was asked. */
export const answersTo = (
  one: RecordedCase,
  ...calls: readonly string[]
): readonly { readonly input: JsonObject; readonly output: JsonObject }[] =>
  (one.answers ?? []).flatMap((a: RecordedAnswer) => {
    const output = calls.includes(a.call) ? asObject(a.output) : undefined;
    return output ? [{ input: asObject(a.input) ?? {}, output }] : [];
  });

/** Account, Region and API as the recorded ARNs name them. */
export function placeOf(one: RecordedCase): StageRef {
  const source = sourceIn(one);
  const region = apiRegionIn(one) ?? healthRegionIn(one) ?? functionIn(one)?.region;
  const stage = stageIn(one) ?? source?.[4];
  // a policy may name another API than the one that fails: then that is the fault
  const apiId = askedOf(one) ?? source?.[3];
  return {
    ...unknownPlace,
    apiType: one.apiType ?? typeIn(one),
    ...(source?.[2] ? { accountId: source[2] } : {}),
    ...(apiId ? { apiId } : {}),
    ...(region ? { region } : {}),
    ...(stage ? { stage } : {}),
  };
}

/** The API as a policy's source ARN names it: Region, account, API, stage. */
const sourceIn = (one: RecordedCase): RegExpExecArray | null =>
  /arn:aws[\w-]{0,10}:execute-api:([a-z0-9-]{1,30}):(\d{12}):([a-z0-9]{4,20})(?:\/([\w$-]{1,128})\/)?/.exec(
    JSON.stringify(one.answers ?? []),
  );

const apiRegionIn = (one: RecordedCase): string | undefined =>
  /arn:aws[\w-]{0,10}:apigateway:([a-z0-9-]{1,30}):lambda:path/.exec(JSON.stringify(one.answers ?? []))?.[1] ?? sourceIn(one)?.[1];

/** The API that the report's own calls asked about; an id that was made unreadable for the report names none. */
const askedOf = (one: RecordedCase): string | undefined =>
  (one.answers ?? [])
    .filter(({ call }) => /^apigateway(?:v2)?:/.test(call))
    .map(({ input }) => asText(asObject(input)?.['restApiId'] ?? asObject(input)?.['ApiId'] ?? asObject(input)?.['apiId']))
    .find((id) => id !== undefined && /^[a-z0-9]{10}$/.test(id));

/** Whoever quotes AWS Health speaks of the Region that it names. */
const healthRegionIn = (one: RecordedCase): string | undefined =>
  answersTo(one, 'health:DescribeEvents')
    .flatMap(({ output }) => (Array.isArray(output['events']) ? output['events'] : []))
    .flatMap((event) => asText(asObject(event)?.['region']) ?? [])
    .find((region) => region !== 'global');

const stageIn = (one: RecordedCase): string | undefined =>
  answersTo(one, 'apigateway:GetStage', 'apigatewayv2:GetStage').flatMap(
    ({ output }) => asText(output['stageName'] ?? output['StageName']) ?? [],
  )[0];

/** Only version 2 of the API answers to `apigatewayv2`, and only HTTP APIs count `5xx` in small letters; the rest is REST. */
function typeIn(one: RecordedCase): ApiType {
  const version2 = (one.answers ?? []).some((a) =>
    /^apigatewayv2:(?:GetIntegration|GetRoute|GetStage|ExportApi|GetApi|GetApiMapping)s?$/.test(a.call),
  );
  const small = (one.metrics ?? []).some((m) => m.name === '5xx' || m.name === '4xx');
  return version2 || small ? 'HTTP' : 'REST';
}

/** The route a report speaks of: as an answer names it, the console's test, or the one path a policy allows; else any method of the root. */
export function routeOf(one: RecordedCase): { readonly method: string; readonly path: string } {
  const key = answersTo(one, 'apigatewayv2:GetRoute').flatMap(({ output }) => asText(output['RouteKey']) ?? [])[0];
  const [method, path] = key?.split(' ') ?? [];
  if (key !== undefined) return method && path ? { method: method.toLowerCase(), path } : { method: anyMethod, path: `/${key}` };
  return tested(one) ?? allowed(one) ?? { method: anyMethod, path: '/' };
}
export const anyMethod = 'x-amazon-apigateway-any-method';

function tested(one: RecordedCase): { readonly method: string; readonly path: string } | undefined {
  for (const { lines } of one.logs ?? [])
    for (const line of lines) {
      const m = /HTTP Method: ([A-Z]{3,7}), Resource Path: (\/\S{0,500})/.exec(line);
      if (m?.[1] && m[2]) return { method: m[1].toLowerCase(), path: m[2] };
    }
  return undefined;
}

/** A policy that names one route is told of because of that route. */
function allowed(one: RecordedCase): { readonly method: string; readonly path: string } | undefined {
  const m = /:execute-api:[a-z0-9-]{1,30}:\d{12}:[a-z0-9]{4,20}\/[^/"\\]{1,128}\/([A-Z]{3,7}|\*)\/([\w./{}+-]{1,500})(?=\\?")/.exec(
    JSON.stringify(answersTo(one, 'lambda:GetPolicy')),
  );
  return m?.[1] && m[2] ? { method: m[1] === '*' ? anyMethod : m[1].toLowerCase(), path: `/${m[2]}` } : undefined;
}

/** The name of the function that the report's own calls asked about, where they asked about one. */
function askedName(one: RecordedCase): string | undefined {
  const names = (one.answers ?? [])
    .filter(({ call }) => call.startsWith('lambda:'))
    .flatMap(({ input }) => asText(asObject(input)?.['FunctionName']) ?? []);
  const [name] = names;
  return name !== undefined && /^[\w-]{1,64}$/.test(name) && names.every((other) => other === name) ? name : undefined;
}

/** The function a case speaks of: out of the recorded integration, or a placeholder where a proxy, answers or metrics of Lambda were recorded. */
export function functionIn(one: RecordedCase): FunctionRef | undefined {
  const uris = answersTo(one, 'apigateway:GetIntegration', 'apigatewayv2:GetIntegration', 'apigateway:GetMethod').map(({ output }) =>
    JSON.stringify(output),
  );
  const arn = /arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}:\d{12}:function:[\w-]{1,64}(?::[\w-]{1,128})?/.exec(uris.join(' '))?.[0];
  const named = arn === undefined ? undefined : parseFunctionArn(arn);
  if (named) return named;
  const spoken =
    one.integration === 'AWS_PROXY' ||
    (one.answers ?? []).some((a) => a.call.startsWith('lambda:')) ||
    (one.metrics ?? []).some((m) => m.namespace === 'AWS/Lambda');
  // a function that no ARN names is the API's neighbour
  const home = { accountId: sourceIn(one)?.[2] ?? unknownPlace.accountId, region: apiRegionIn(one) ?? unknownPlace.region };
  return spoken ? { ...home, name: askedName(one) ?? 'recorded' } : undefined;
}
