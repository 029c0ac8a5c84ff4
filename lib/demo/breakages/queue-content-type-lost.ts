// A deploy loses the Content-Type of the integration: SQS reads the form as something else and knows no such operation (messages.md §9).
import { openServices, serveByService, toQueue } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'queue-content-type-lost',
  title: 'Content-Type of the integration lost',
  says: 'a deploy drops the form content type that SQS needs',
  cause: 'service-request-invalid',
  prepare: (shop, stage) => openServices(shop, stage, toQueue(stage)),
  breakIt(shop, stage) {
    const { contentType: _, ...lost } = toQueue(stage);
    serveByService(shop, stage, lost);
  },
  mend: (shop, stage) => serveByService(shop, stage, toQueue(stage)),
} satisfies Breakage;
