// A deploy brings a request template whose #if is not closed: nothing leaves the gateway any more.
import { openServices, serveByService, toQueue } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'template-unclosed',
  title: 'Request template with an open #if',
  says: 'a deploy brings a template of the queue’s integration that does not close its #if',
  cause: 'mapping-template-error',
  prepare: (shop, stage) => openServices(shop, stage, toQueue(stage)),
  breakIt: (shop, stage) =>
    serveByService(shop, stage, { ...toQueue(stage), template: '#if($input.body)Action=SendMessage&MessageBody=$context.requestId' }),
  mend: (shop, stage) => serveByService(shop, stage, toQueue(stage)),
} satisfies Breakage;
