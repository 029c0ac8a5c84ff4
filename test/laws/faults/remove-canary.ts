// A canary takes a fifth of the requests to an alias that does not exist; somebody else makes another canary of it, or in its place.
import { at, type Fault } from '../fault.ts';

export default {
  fix: 'remove-canary',
  cause: 'canary-failing',
  prepare: (account) => {
    account.setVariable({ ...at, name: 'alias', value: 'live' });
    account.repoint({ ...at, qualifier: '${stageVariables.alias}' });
  },
  breakIt: (account) => account.setCanary({ ...at, canary: { percent: 20, variables: { alias: 'next' }, useStageCache: true } }),
  facts: { percent: 20, variables: ['alias'], failed: 60, requests: 300 },
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [
        { op: 'replace', path: '/canarySettings/percentTraffic', value: '20.0' },
        { op: 'replace', path: '/canarySettings/stageVariableOverrides/alias', value: 'live' },
      ],
    }),
} satisfies Fault;
