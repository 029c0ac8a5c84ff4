// A policy of the role goes: the gateway assumes it, and the queue says no.
import { openServices, permissionsOf, roleOf, toQueue } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'service-role-loses-permission',
  title: 'Role loses its permission',
  says: 'the role that sends to the queue loses sqs:SendMessage',
  cause: 'service-access-denied',
  prepare: (shop, stage) => openServices(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) => shop.account.services.putRole(roleOf(stage), { statements: [] }, alice),
  mend: (shop, stage) => shop.account.services.putRole(roleOf(stage), { statements: permissionsOf(shop, stage) }, alice),
} satisfies Breakage;
