// The integrations wait five seconds, and the function takes eight.
import type { TimeoutTarget } from '../../../lib/settings/integration-timeout.ts';
import type { Attempt } from '../../../lib/aws/calls.ts';
import { at, type Fault } from '../fault.ts';
import { otherDeployment, withoutDeployments } from '../deployments.ts';

const routes = ['GET', 'POST'].map((method) => ({ method, path: '/orders', functionName: 'orders', qualifier: 'live', timeoutMs: 5000 }));

export default {
  fix: 'set-integration-timeout',
  cause: 'integration-timeout',
  prepare: (account) => {
    account.editApi(at, routes);
    account.deployApi(at);
  },
  breakIt: (account) => void account.release('orders', { outcome: 'ok', ms: 8000, timeoutSeconds: 20 }),
  facts: { timeoutMs: 5000, routes: ['GET /orders', 'POST /orders'], functions: [] },
  async drift(attempt: Attempt, { setting, target }) {
    if (setting !== 'integration-timeout') return otherDeployment(attempt);
    const { apiId, id, method } = target as TimeoutTarget;
    return attempt('apigateway:UpdateIntegration', {
      restApiId: apiId,
      resourceId: id,
      httpMethod: method,
      patchOperations: [{ op: 'replace', path: '/timeoutInMillis', value: '7000' }],
    });
  },
  compared: withoutDeployments,
} satisfies Fault;
