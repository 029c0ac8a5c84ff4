// All targets of an application load balancer are deregistered: it answers 503 by itself.
import { backendOf, broken, mended, serveByLink } from '../private-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'targets-deregistered',
  title: 'Targets deregistered',
  says: 'somebody deregisters every target of the load balancer behind an HTTP API',
  cause: 'target-unhealthy',
  on: 'HTTP',
  prepare: serveByLink,
  breakIt: (shop, stage) => broken(shop, shop.account.network.deregister(backendOf(shop, stage).balancerArn, alice)),
  mend: mended,
} satisfies Breakage;
