// The same on an HTTP API, whose stage deploys by itself.
import type { StageRef } from '../../../lib/model/api.ts';
import type { AuthorizerTarget } from '../../../lib/settings/authorizer-ttl.ts';
import { accountId, region, type Fault } from '../fault.ts';
import { putGuard } from '../guarded.ts';

const at: StageRef = { accountId, region, apiType: 'HTTP', apiId: 'paymen1001', stage: 'prod', apiName: 'payments' };

export default {
  fix: 'set-authorizer-ttl',
  at,
  cause: 'authorizer-error',
  prepare: (account) => {
    const httpBackend = { uri: 'https://backend.example.com/payments', ms: 40 };
    account.putApi({
      apiType: 'HTTP',
      apiId: at.apiId,
      name: 'payments',
      stage: at.stage,
      routes: [{ method: 'GET', path: '/payments', httpBackend }],
    });
    putGuard(account, at);
    account.traffic({ apiId: at.apiId, stage: at.stage, perSecond: 2 });
  },
  breakIt: (account) => account.putReserved('guard', 1),
  facts: { authorizers: [{ name: 'Guard', trouble: 'throttled', says: 'throttled' }] },
  drift: (attempt, { target }) =>
    attempt('apigatewayv2:UpdateAuthorizer', {
      ApiId: at.apiId,
      AuthorizerId: (target as AuthorizerTarget).authorizerId,
      AuthorizerResultTtlInSeconds: 77,
    }),
} satisfies Fault;
