// An HTTP API whose integration waits five seconds for a backend that takes eight.
import type { StageRef } from '../../../lib/model/api.ts';
import type { TimeoutTarget } from '../../../lib/settings/integration-timeout.ts';
import { accountId, region, type Fault } from '../fault.ts';

const at: StageRef = { accountId, region, apiType: 'HTTP', apiId: 'paymen1001', stage: 'prod', apiName: 'payments' };
const backend = { uri: 'https://backend.example.com/payments', ms: 40 };

export default {
  fix: 'set-integration-timeout',
  at,
  cause: 'integration-timeout',
  prepare: (account) => {
    const routes = [{ method: 'GET', path: '/payments', httpBackend: backend, timeoutMs: 5000 }];
    account.putApi({ apiType: 'HTTP', apiId: at.apiId, name: 'payments', stage: at.stage, routes });
    account.traffic({ apiId: at.apiId, stage: at.stage, perSecond: 2 });
  },
  breakIt: (account) => account.setBackend({ apiId: at.apiId, stage: at.stage, method: 'GET', path: '/payments' }, { ms: 8000 }),
  facts: { timeoutMs: 5000, routes: ['GET /payments'], functions: [] },
  drift: (attempt, { target }) =>
    attempt('apigatewayv2:UpdateIntegration', { ApiId: at.apiId, IntegrationId: (target as TimeoutTarget).id, TimeoutInMillis: 7000 }),
} satisfies Fault;
