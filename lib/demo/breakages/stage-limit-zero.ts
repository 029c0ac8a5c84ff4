// Infrastructure code leaves the stage's limits at 0 (pulumi-aws#2363): every request is refused. That is 429, and a 5xx only because the
// owner rewrote what a throttled request is answered with.
import type { Breakage } from './breakage.ts';

export default {
  id: 'stage-limit-zero',
  title: 'Stage limit left at 0',
  says: 'infrastructure code leaves the stage’s rate and burst at 0; throttled requests are answered with 503',
  cause: 'gateway-throttled',
  prepare: (shop, stage) => shop.account.setGatewayResponses({ ...stage, responses: { THROTTLED: '503' } }),
  breakIt: (shop, stage) => shop.account.setThrottle({ ...stage, limit: { rate: 0, burst: 0 } }),
  mend: (shop, stage) => shop.account.setThrottle({ apiId: stage.apiId, stage: stage.stage }),
} satisfies Breakage;
