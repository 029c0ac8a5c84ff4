// A network load balancer begins to enforce its security groups on PrivateLink traffic.
import { backendOf, serveByLink } from '../private-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'link-groups-enforced',
  title: 'Groups enforced on PrivateLink',
  says: 'the load balancer enforces its security groups on PrivateLink traffic, with healthy targets',
  cause: 'network-blocked',
  prepare: serveByLink,
  breakIt: (shop, stage) => shop.account.network.enforceGroups(backendOf(shop, stage).balancerArn, true),
  mend: (shop, stage) => shop.account.network.enforceGroups(backendOf(shop, stage).balancerArn, false),
} satisfies Breakage;
