// A safety limit below the usual traffic: some requests are refused. A 5xx only because the owner rewrote that answer.
import type { Breakage } from './breakage.ts';

export default {
  id: 'stage-limit-reached',
  title: 'Stage limit below the traffic',
  says: 'somebody sets the stage’s limit to 2 requests a second; throttled requests are answered with 503',
  cause: 'gateway-throttled',
  prepare: (shop, stage) => shop.account.setGatewayResponses({ ...stage, responses: { THROTTLED: '503' } }),
  breakIt: (shop, stage) => shop.account.setThrottle({ ...stage, limit: { rate: 2, burst: 2 } }),
  mend: (shop, stage) => shop.account.setThrottle({ apiId: stage.apiId, stage: stage.stage }),
} satisfies Breakage;
