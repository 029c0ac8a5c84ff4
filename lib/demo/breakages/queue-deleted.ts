// Somebody deletes the queue that the deployed route still sends to.
import { openBeside, targetOf, toQueue } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'queue-deleted',
  title: 'Queue deleted',
  says: 'somebody deletes the queue that the route sends to',
  cause: 'service-request-invalid',
  prepare: (shop, stage) => openBeside(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) => shop.account.services.deleteQueue(targetOf(stage), alice),
  mend: (shop, stage) => shop.account.services.putQueue(targetOf(stage), [], alice),
} satisfies Breakage;
