// A release of the service behind a load balancer answers 503 to all.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'targets-answer-5xx',
  title: 'Targets answer 503',
  says: 'a release of the service behind the load balancer answers 503; its health checks stay green',
  cause: 'backend-error',
  on: 'HTTP',
  prepare: (shop, stage) => serveByLink(shop, stage),
  breakIt: (shop, stage) => shop.account.network.setTargetsAnswer(backendOf(shop, stage).balancerArn, 503),
  mend: (shop, stage) => shop.account.network.setTargetsAnswer(backendOf(shop, stage).balancerArn, 200),
} satisfies Breakage;
