// A deploy keeps only the mapping of failures: a good answer fits none.
import { openServices, serveByService, toTable } from '../service-stage.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'default-answer-lost',
  title: 'Default answer lost',
  says: 'a deploy drops the mapping that takes the table’s good answers',
  cause: 'response-mapping-error',
  prepare: (shop, stage) => openServices(shop, stage, toTable(stage)),
  breakIt: (shop, stage) => serveByService(shop, stage, { ...toTable(stage), answers: [{ pattern: '5\\d{2}', statusCode: '200' }] }),
  mend: (shop, stage) => serveByService(shop, stage, toTable(stage)),
} satisfies Breakage;
