// A table is given less capacity than the route needs; its 400 fits no mapping of the route.
import { openServices, targetOf, toTable } from '../service-stage.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'table-throttled',
  title: 'Table throttles',
  says: 'the table behind the route goes from on demand to 1 write unit a second',
  cause: 'service-throttled',
  prepare: (shop, stage) => openServices(shop, stage, toTable(stage)),
  breakIt: (shop, stage) => shop.account.services.putTable(targetOf(stage), { key: 'id', writeUnits: 1 }, alice),
  mend: (shop, stage) => shop.account.services.putTable(targetOf(stage), { key: 'id' }, alice),
} satisfies Breakage;
