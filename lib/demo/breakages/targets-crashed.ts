// The processes behind a network load balancer stop: every health check fails, and the load balancer asks them all the same.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'targets-crashed',
  title: 'Targets crashed',
  says: 'every target behind the load balancer stops answering; the load balancer fails open',
  cause: 'target-unhealthy',
  prepare: serveByLink,
  breakIt: (shop, stage) => shop.account.network.setTargetsUp(backendOf(shop, stage).balancerArn, false),
  mend: (shop, stage) => shop.account.network.setTargetsUp(backendOf(shop, stage).balancerArn, true),
} satisfies Breakage;
