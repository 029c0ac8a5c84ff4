// Somebody revokes the rule by which the targets admit their load balancer: health checks fail too, as a consequence.
import { backendOf, broken, mended, serveByLink } from '../private-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'target-rule-revoked',
  title: 'Targets’ rule revoked',
  says: 'the security group of the targets no longer admits the load balancer; health checks fail too',
  cause: 'network-blocked',
  prepare: serveByLink,
  breakIt: (shop, stage) => broken(shop, shop.account.network.revokeRules(backendOf(shop, stage).targetGroup, 'ingress', alice)),
  mend: mended,
} satisfies Breakage;
