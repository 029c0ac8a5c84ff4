// API Gateway's authorizers as edited last, in the SDK's shapes: listed, read, and how long their answers are kept.
import { ok } from '../../../model/result.ts';
import { authorizerId, lambdaUri, type AuthorizerSpec, type ServedStage } from '../apis.ts';
import { fail, meta } from '../failure.ts';
import type { Answers, Parts } from './parts.ts';
import { noted } from './stage-writes.ts';

type Names =
  | 'apigateway:FlushStageAuthorizersCache'
  | 'apigateway:GetAuthorizer'
  | 'apigateway:GetAuthorizers'
  | 'apigateway:UpdateAuthorizer'
  | 'apigatewayv2:GetAuthorizer'
  | 'apigatewayv2:GetAuthorizers'
  | 'apigatewayv2:ResetAuthorizersCache'
  | 'apigatewayv2:UpdateAuthorizer';

const noApi = fail('gone', 'NotFoundException', 'Invalid API identifier specified');
const noStage = fail('gone', 'NotFoundException', 'Invalid stage identifier specified');
const noAuthorizer = fail('gone', 'NotFoundException', 'Invalid Authorizer identifier specified');
const bad = (says: string) => fail('refused', 'BadRequestException', says);
/** Answers are kept for an hour at most (fixes.md §12). */
const mostSeconds = 3600;
const ttlFits = (seconds: number): boolean => Number.isInteger(seconds) && seconds >= 0 && seconds <= mostSeconds;
const noTtl = bad(`Invalid value for authorizerResultTtlInSeconds, it must be between 0 and ${mostSeconds}`);

interface Found {
  readonly api: ServedStage;
  readonly a: AuthorizerSpec;
}

export function authorizerAnswers(parts: Parts): Pick<Answers, Names> {
  const { apis, base } = parts;
  const stagesOf = (apiId: string | undefined, rest: boolean): readonly ServedStage[] =>
    apis.stagesOf(apiId).filter((a) => (a.apiType === 'REST') === rest);
  // the edited API: what a stage serves is in its export
  const all = (stages: readonly ServedStage[]): readonly Found[] => [
    ...new Map(stages.flatMap((api) => api.draftAuthorizers.map((a) => [a.name, { api, a }] as const))).values(),
  ];
  const one = (apiId: string | undefined, rest: boolean, id: string | undefined): Found | undefined =>
    all(stagesOf(apiId, rest)).find(({ api, a }) => authorizerId(base, api, a.name) === id);
  const setTtl = ({ api, a }: Found, ttlSeconds: number): Found => {
    const changed = { ...a, ttlSeconds };
    for (const stage of apis.stagesOf(api.apiId)) {
      stage.draftAuthorizers = stage.draftAuthorizers.map((old) => (old.name === a.name ? changed : old));
      if (stage.autoDeploy) apis.deploy(stage);
    }
    return { api, a: changed };
  };
  const rest = ({ api, a }: Found) => ({
    id: authorizerId(base, api, a.name),
    name: a.name,
    type: a.type === 'token' ? ('TOKEN' as const) : ('REQUEST' as const),
    authType: 'custom',
    authorizerUri: lambdaUri(base, a),
    identitySource: 'method.request.header.Authorization',
    authorizerResultTtlInSeconds: a.ttlSeconds ?? 0,
  });
  const v2 = ({ api, a }: Found) => ({
    AuthorizerId: authorizerId(base, api, a.name),
    Name: a.name,
    AuthorizerType: 'REQUEST' as const,
    AuthorizerUri: lambdaUri(base, a),
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: a.simpleResponses ?? false,
    AuthorizerResultTtlInSeconds: a.ttlSeconds ?? 0,
    IdentitySource: ['$request.header.Authorization'],
  });
  return {
    'apigateway:GetAuthorizers': (input) => {
      const stages = stagesOf(input.restApiId, true);
      return stages.length === 0 ? noApi : ok({ ...meta, items: all(stages).map(rest) });
    },
    'apigatewayv2:GetAuthorizers': (input) => {
      const stages = stagesOf(input.ApiId, false);
      return stages.length === 0 ? noApi : ok({ ...meta, Items: all(stages).map(v2) });
    },
    'apigateway:GetAuthorizer': (input) => {
      const found = one(input.restApiId, true, input.authorizerId);
      return found ? ok({ ...meta, ...rest(found) }) : noAuthorizer;
    },
    'apigatewayv2:GetAuthorizer': (input) => {
      const found = one(input.ApiId, false, input.AuthorizerId);
      return found ? ok({ ...meta, ...v2(found) }) : noAuthorizer;
    },
    'apigateway:UpdateAuthorizer': (input, by) => {
      const found = one(input.restApiId, true, input.authorizerId);
      if (!found) return noAuthorizer;
      const patchOperations = input.patchOperations ?? [];
      const [patch, ...more] = patchOperations;
      if (patch?.op !== 'replace' || patch.path !== '/authorizerResultTtlInSeconds' || more.length > 0)
        return bad(`Invalid patch path ${patch?.path ?? ''}`);
      if (!ttlFits(Number(patch.value))) return noTtl;
      noted(parts, 'UpdateAuthorizer', by, {
        restApiId: input.restApiId,
        authorizerId: input.authorizerId,
        updateAuthorizerInput: { patchOperations },
      });
      return ok({ ...meta, ...rest(setTtl(found, Number(patch.value))) });
    },
    'apigatewayv2:UpdateAuthorizer': (input, by) => {
      const found = one(input.ApiId, false, input.AuthorizerId);
      if (!found) return noAuthorizer;
      const seconds = input.AuthorizerResultTtlInSeconds;
      if (seconds === undefined) return ok({ ...meta, ...v2(found) });
      if (!ttlFits(seconds)) return noTtl;
      noted(parts, 'UpdateAuthorizer', by, {
        apiId: input.ApiId,
        authorizerId: input.AuthorizerId,
        authorizerResultTtlInSeconds: seconds,
      });
      return ok({ ...meta, ...v2(setTtl(found, seconds)) });
    },
    'apigateway:FlushStageAuthorizersCache': (input, by) => {
      const api = apis.find(input.restApiId, input.stageName);
      if (api?.apiType !== 'REST') return noStage;
      api.kept.clear();
      noted(parts, 'FlushStageAuthorizersCache', by, { restApiId: input.restApiId, stageName: input.stageName });
      return ok(meta);
    },
    'apigatewayv2:ResetAuthorizersCache': (input, by) => {
      const api = apis.find(input.ApiId, input.StageName);
      if (api?.apiType !== 'HTTP') return noStage;
      api.kept.clear();
      noted(parts, 'ResetAuthorizersCache', by, { apiId: input.ApiId, stageName: input.StageName });
      return ok(meta);
    },
  };
}
