// Somebody sets the stage's limit below the traffic.
import { at, type Fault } from '../fault.ts';

export default {
  fix: 'set-stage-throttling',
  cause: 'gateway-throttled',
  prepare: (account) => account.setGatewayResponses({ ...at, responses: { THROTTLED: '503' } }),
  breakIt: (account) => account.setThrottle({ ...at, limit: { rate: 1, burst: 1 } }),
  facts: { limits: [{ route: '*', rate: 1, burst: 1 }], of: 'stage', perSecond: 2 },
  drift: (attempt) =>
    attempt('apigateway:UpdateStage', {
      restApiId: at.apiId,
      stageName: at.stage,
      patchOperations: [{ op: 'replace', path: '/*/*/throttling/rateLimit', value: '77' }],
    }),
} satisfies Fault;
