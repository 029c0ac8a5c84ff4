// Integrations as edited last: what GetResources, GetIntegration and GetIntegrations show of them, and how long each waits.
import { ok } from '../../../model/result.ts';
import { integration } from '../api-export.ts';
import { defaultTimeoutMs, type RouteSpec, type ServedStage } from '../apis.ts';
import { declaredResponses } from '../mapped.ts';
import { hexOf } from '../base.ts';
import { fail, meta } from '../failure.ts';
import type { Answers, Parts } from './parts.ts';
import { noted } from './stage-writes.ts';

type Names =
  | 'apigateway:GetIntegration'
  | 'apigateway:UpdateIntegration'
  | 'apigatewayv2:GetIntegration'
  | 'apigatewayv2:UpdateIntegration';

const bad = (says: string) => fail('refused', 'BadRequestException', says);
const noResource = fail('gone', 'NotFoundException', 'Invalid Resource identifier specified');
const noIntegration = fail('gone', 'NotFoundException', 'Invalid Integration identifier specified');

/** An integration's id, equal for equal routes. */
export const integrationId = (n: number): string => `int${String(n).padStart(4, '0')}`;
const resourceId = ({ base }: Parts, api: ServedStage, path: string): string => hexOf(6, base.seed, 'resource', api.apiId, path);

/** The resources with their methods, as GetResources lists them. */
export const resourcesOf = (parts: Parts, api: ServedStage) =>
  [...new Set(api.draft.map((r) => r.path))].map((path) => ({
    id: resourceId(parts, api, path),
    path,
    resourceMethods: Object.fromEntries(api.draft.filter((r) => r.path === path).map((r) => [r.method, methodOf(parts, api, r)])),
  }));

function methodOf(parts: Parts, api: ServedStage, r: RouteSpec) {
  const declared = Object.keys(declaredResponses(r) ?? {}).filter((status) => /^\d{3}$/.test(status));
  return {
    httpMethod: r.method,
    authorizationType: r.authorizer === undefined ? 'NONE' : 'CUSTOM',
    apiKeyRequired: false,
    ...(declared.length > 0 ? { methodResponses: Object.fromEntries(declared.map((statusCode) => [statusCode, { statusCode }])) } : {}),
    ...(r.empty ? {} : { methodIntegration: restIntegration(parts, api, r) }),
  };
}

/** The export's own fields, in the spelling of the API: types and behaviours in capitals, answers by status. */
function restIntegration({ base }: Parts, api: ServedStage, r: RouteSpec) {
  const { type, passthroughBehavior, responses, ...rest } = integration(base, api, r) as Readonly<Record<string, unknown>>;
  return {
    ...(r.functionName === undefined && !r.mapped && !r.httpBackend && !r.privateBackend ? {} : rest),
    type: capitals(type) as 'AWS_PROXY',
    timeoutInMillis: r.timeoutMs ?? defaultTimeoutMs(api.apiType),
    ...(passthroughBehavior === undefined ? {} : { passthroughBehavior: capitals(passthroughBehavior) }),
    ...(responses === undefined ? {} : { integrationResponses: answersOf(responses as Readonly<Record<string, Answer>>) }),
  };
}
const capitals = (value: unknown): string => String(value).toUpperCase();

interface Answer {
  readonly statusCode: string;
  readonly responseTemplates?: Readonly<Record<string, string>>;
  readonly contentHandling?: string;
}
const answersOf = (responses: Readonly<Record<string, Answer>>) =>
  Object.fromEntries(
    Object.entries(responses).map(([pattern, { statusCode, responseTemplates }]) => [
      statusCode,
      { statusCode, ...(pattern === 'default' ? {} : { selectionPattern: pattern }), ...(responseTemplates ? { responseTemplates } : {}) },
    ]),
  );

export function v2Integration({ base }: Parts, api: ServedStage, r: RouteSpec, n: number) {
  const { type, uri } = integration(base, api, r) as { readonly type?: string; readonly uri?: string };
  return {
    IntegrationId: integrationId(n),
    IntegrationType: capitals(type) as 'AWS_PROXY',
    ...(uri === undefined ? {} : { IntegrationUri: uri }),
    TimeoutInMillis: r.timeoutMs ?? defaultTimeoutMs(api.apiType),
  };
}

/** 50 ms to 29 s, HTTP APIs to 30 s (fixes.md §9); AWS's own words for a REST API. */
const timeoutRefusal = (api: ServedStage, ms: number): string | undefined =>
  Number.isInteger(ms) && ms >= 50 && ms <= defaultTimeoutMs(api.apiType)
    ? undefined
    : `Timeout should be between 50 ms and ${defaultTimeoutMs(api.apiType)} ms`;

export function integrationAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis } = parts;
  const rest = (apiId: string | undefined, resource: string | undefined, method: string | undefined) => {
    const api = apis.stagesOf(apiId).find((a) => a.apiType === 'REST');
    const route = api?.draft.find((r) => resourceId(parts, api, r.path) === resource && r.method === method);
    return api && route ? { api, route } : undefined;
  };
  const v2 = (apiId: string | undefined, id: string | undefined) => {
    const api = apis.stagesOf(apiId).find((a) => a.apiType !== 'REST');
    const n = api?.draft.findIndex((_r, index) => integrationId(index) === id) ?? -1;
    const route = api?.draft[n];
    return api && route && !route.empty ? { api, route, n } : undefined;
  };
  /** The edited API has one of each route, whatever the stages serve. */
  const edit = (api: ServedStage, route: RouteSpec, timeoutMs: number): RouteSpec => {
    const changed = { ...route, timeoutMs };
    for (const stage of apis.stagesOf(api.apiId)) {
      stage.draft = stage.draft.map((r) => (r.method === route.method && r.path === route.path ? { ...r, timeoutMs } : r));
      if (stage.autoDeploy) apis.deploy(stage);
    }
    return changed;
  };
  return {
    'apigateway:GetIntegration': (input) => {
      const found = rest(input.restApiId, input.resourceId, input.httpMethod);
      if (!found) return noResource;
      return found.route.empty ? noIntegration : ok({ ...meta, ...restIntegration(parts, found.api, found.route) });
    },
    'apigateway:UpdateIntegration': (input, by) => {
      const found = rest(input.restApiId, input.resourceId, input.httpMethod);
      if (!found || found.route.empty) return found ? noIntegration : noResource;
      const patchOperations = input.patchOperations ?? [];
      const [patch, ...more] = patchOperations;
      if (patch?.op !== 'replace' || patch.path !== '/timeoutInMillis' || more.length > 0)
        return bad(`Invalid patch path ${patch?.path ?? ''}`);
      const refused = timeoutRefusal(found.api, Number(patch.value));
      if (refused !== undefined) return bad(refused);
      const { restApiId, resourceId: resource, httpMethod } = input;
      noted(parts, 'UpdateIntegration', by, { restApiId, resourceId: resource, httpMethod, updateIntegrationInput: { patchOperations } });
      return ok({ ...meta, ...restIntegration(parts, found.api, edit(found.api, found.route, Number(patch.value))) });
    },
    'apigatewayv2:GetIntegration': (input) => {
      const found = v2(input.ApiId, input.IntegrationId);
      return found ? ok({ ...meta, ...v2Integration(parts, found.api, found.route, found.n) }) : noIntegration;
    },
    'apigatewayv2:UpdateIntegration': (input, by) => {
      const found = v2(input.ApiId, input.IntegrationId);
      if (!found) return noIntegration;
      const ms = input.TimeoutInMillis;
      if (ms === undefined) return ok({ ...meta, ...v2Integration(parts, found.api, found.route, found.n) });
      const refused = timeoutRefusal(found.api, ms);
      if (refused !== undefined) return bad(refused);
      noted(parts, 'UpdateIntegration', by, { apiId: input.ApiId, integrationId: input.IntegrationId, timeoutInMillis: ms });
      return ok({ ...meta, ...v2Integration(parts, found.api, edit(found.api, found.route, ms), found.n) });
    },
  };
}
