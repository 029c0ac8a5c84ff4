// A deploy points the API at an alias that never had the grant.
import { alice, type Breakage } from './breakage.ts';
import { permissionOf } from '../shop.ts';

export default {
  id: 'alias-without-permission',
  title: 'New alias without permission',
  says: 'a deploy points the API at an alias that never had the grant',
  cause: 'lambda-permission-missing',
  breakIt: (shop, stage) => {
    shop.account.putAlias(stage.functionName, 'next', shop.account.publishVersion(stage.functionName));
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: 'next' });
  },
  mend: (shop, stage) => shop.account.grant({ ...permissionOf(shop.account, stage), qualifier: 'next', by: alice }),
} satisfies Breakage;
