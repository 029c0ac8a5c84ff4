// The same on an HTTP API.
import type { StageRef } from '../../../lib/model/api.ts';
import { accountId, region, type Fault } from '../fault.ts';
import { keepBadAnswer, putGuard } from '../guarded.ts';

const at: StageRef = { accountId, region, apiType: 'HTTP', apiId: 'paymen1001', stage: 'prod', apiName: 'payments' };

export default {
  fix: 'flush-authorizer-cache',
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
    putGuard(account, at, 3600);
    account.traffic({ apiId: at.apiId, stage: at.stage, perSecond: 2 });
  },
  breakIt: (account) => keepBadAnswer(account, at),
  facts: { authorizers: [{ name: 'Guard', trouble: 'kept-answer', says: '' }] },
  drift: async () => undefined,
} satisfies Fault;
