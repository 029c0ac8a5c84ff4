// Somebody hardens the trust policy by a key that the gateway does not send (messages.md §9): it reads right and shuts everybody out.
import { gatewayTrust } from '../../sandbox/account/roles-and-queues.ts';
import { openServices, roleOf, toMachine } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'service-role-trust-conditioned',
  title: 'Trust policy asks for aws:SourceAccount',
  says: 'the role that starts the state machine trusts API Gateway only under a condition it never meets',
  cause: 'service-access-denied',
  prepare: (shop, stage) => openServices(shop, stage, toMachine(shop, stage)),
  breakIt: (shop, stage) =>
    shop.account.services.putRole(
      roleOf(stage),
      { trust: gatewayTrust.map((s) => ({ ...s, Condition: { StringEquals: { 'aws:SourceAccount': shop.account.accountId } } })) },
      alice,
    ),
  mend: (shop, stage) => shop.account.services.putRole(roleOf(stage), { trust: gatewayTrust }, alice),
} satisfies Breakage;
