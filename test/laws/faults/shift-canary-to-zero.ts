// A canary takes a fifth of the requests to an alias that does not exist.
import { at, type Fault } from '../fault.ts';

export default {
  fix: 'shift-canary-to-zero',
  cause: 'canary-failing',
  prepare: (account) => {
    account.setVariable({ ...at, name: 'alias', value: 'live' });
    account.repoint({ ...at, qualifier: '${stageVariables.alias}' });
  },
  breakIt: (account) => account.setCanary({ ...at, canary: { percent: 20, variables: { alias: 'next' } } }),
  facts: { percent: 20, variables: ['alias'], failed: 60, requests: 300 },
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [{ op: 'replace', path: '/canarySettings/percentTraffic', value: '50.0' }],
    }),
} satisfies Fault;
