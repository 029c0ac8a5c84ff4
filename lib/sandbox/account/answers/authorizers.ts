// API Gateway's authorizers, as GetAuthorizers lists them, in the SDK's shapes.
import { ok } from '../../../model/result.ts';
import { authorizerId, lambdaUri, type ServedStage } from '../apis.ts';
import { fail, meta } from '../failure.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'apigateway:GetAuthorizers' | 'apigatewayv2:GetAuthorizers';

const noApi = fail('gone', 'NotFoundException', 'Invalid API identifier specified');

export function authorizerAnswers({ apis, base }: Parts): Pick<Answers, Names> {
  const stagesOf = (apiId: string | undefined, rest: boolean): readonly ServedStage[] =>
    [...apis.all.values()].filter((a) => a.apiId === apiId && (a.apiType === 'REST') === rest);
  const all = (stages: readonly ServedStage[]) => [
    ...new Map(stages.flatMap((api) => api.authorizers.map((a) => [a.name, { api, a }] as const))).values(),
  ];
  return {
    'apigateway:GetAuthorizers': (input) => {
      const stages = stagesOf(input.restApiId, true);
      if (stages.length === 0) return noApi;
      const items = all(stages).map(({ api, a }) => ({
        id: authorizerId(base, api, a.name),
        name: a.name,
        type: a.type === 'token' ? ('TOKEN' as const) : ('REQUEST' as const),
        authType: 'custom',
        authorizerUri: lambdaUri(base, a),
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 0,
      }));
      return ok({ ...meta, items });
    },
    'apigatewayv2:GetAuthorizers': (input) => {
      const stages = stagesOf(input.ApiId, false);
      if (stages.length === 0) return noApi;
      const Items = all(stages).map(({ api, a }) => ({
        AuthorizerId: authorizerId(base, api, a.name),
        Name: a.name,
        AuthorizerType: 'REQUEST' as const,
        AuthorizerUri: lambdaUri(base, a),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: a.simpleResponses ?? false,
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: ['$request.header.Authorization'],
      }));
      return ok({ ...meta, Items });
    },
  };
}
