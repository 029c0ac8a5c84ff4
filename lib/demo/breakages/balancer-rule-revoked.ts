// Somebody revokes the rule by which the load balancer admits the VPC link.
import { backendOf, broken, mended, serveByLink } from '../private-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'balancer-rule-revoked',
  title: 'Load balancer’s rule revoked',
  says: 'the security group of the load balancer no longer admits the VPC link of an HTTP API',
  cause: 'network-blocked',
  on: 'HTTP',
  prepare: serveByLink,
  breakIt: (shop, stage) => broken(shop, shop.account.network.revokeRules(backendOf(shop, stage).balancerGroup, 'ingress', alice)),
  mend: mended,
} satisfies Breakage;
