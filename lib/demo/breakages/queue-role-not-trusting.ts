// An HTTP API sends to a queue with a role, and the role's trust goes: the access log is all there is to read.
import { gatewayTrust } from '../../sandbox/account/roles-and-queues.ts';
import { openServices, roleOf, toQueue } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'queue-role-not-trusting',
  title: 'Role of the queue’s route trusts nobody',
  says: 'the trust policy of the role that an HTTP API sends to its queue with loses API Gateway',
  cause: 'service-access-denied',
  on: 'HTTP',
  prepare: (shop, stage) => openServices(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) => shop.account.services.putRole(roleOf(stage), { trust: [] }, alice),
  mend: (shop, stage) => shop.account.services.putRole(roleOf(stage), { trust: gatewayTrust }, alice),
} satisfies Breakage;
