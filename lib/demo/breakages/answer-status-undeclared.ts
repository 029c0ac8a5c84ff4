// A deploy lets the good answer become a status that the method does not declare.
import { openServices, serveByService, toQueue } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'answer-status-undeclared',
  title: 'Status not declared',
  says: 'a deploy maps the queue’s answers to 202, which the method does not declare',
  cause: 'response-mapping-error',
  prepare: (shop, stage) => openServices(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) => serveByService(shop, stage, { ...toQueue(stage), answers: [{ pattern: '', statusCode: '202' }] }),
  mend: (shop, stage) => serveByService(shop, stage, toQueue(stage)),
} satisfies Breakage;
