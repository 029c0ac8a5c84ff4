// The queue's own policy denies everybody: the role's permissions are as good as ever.
import { openBeside, targetOf, toQueue } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'queue-policy-denies',
  title: 'Queue policy denies',
  says: 'a Deny for everybody is put on the queue that the route sends to',
  cause: 'service-access-denied',
  prepare: (shop, stage) => openBeside(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) =>
    shop.account.services.putQueue(targetOf(stage), [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }], alice),
  mend: (shop, stage) => shop.account.services.putQueue(targetOf(stage), [], alice),
} satisfies Breakage;
