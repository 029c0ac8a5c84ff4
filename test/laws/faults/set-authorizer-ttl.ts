// The authorizer is asked at each request and throttled.
import type { AuthorizerTarget } from '../../../lib/settings/authorizer-ttl.ts';
import { at, type Fault } from '../fault.ts';
import { otherDeployment, withoutDeployments } from '../deployments.ts';
import { putGuard } from '../guarded.ts';

export default {
  fix: 'set-authorizer-ttl',
  cause: 'authorizer-error',
  prepare: (account) => putGuard(account, at),
  breakIt: (account) => account.putReserved('guard', 1),
  facts: { authorizers: [{ name: 'Guard', trouble: 'throttled', says: 'throttled' }] },
  drift: (attempt, { setting, target }) =>
    setting === 'authorizer-ttl'
      ? attempt('apigateway:UpdateAuthorizer', {
          restApiId: at.apiId,
          authorizerId: (target as AuthorizerTarget).authorizerId,
          patchOperations: [{ op: 'replace', path: '/authorizerResultTtlInSeconds', value: '77' }],
        })
      : otherDeployment(attempt),
  compared: withoutDeployments,
} satisfies Fault;
