// A deploy points every integration at a missing alias; somebody sets them right in the console and forgets to deploy.
import { routesOf } from '../shop.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'mended-not-deployed',
  title: 'Mended, and not deployed',
  says: 'a deploy names a missing alias; somebody edits the integrations back and forgets to deploy',
  cause: 'lambda-not-found',
  breakIt: (shop, stage) => {
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: 'next' });
    shop.account.editApi(stage, routesOf(stage));
  },
  mend: (shop, stage) => shop.account.deployApi(stage),
} satisfies Breakage;
