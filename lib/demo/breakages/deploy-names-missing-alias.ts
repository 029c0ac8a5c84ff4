// A deploy points every integration at an alias that nobody made.
import type { Breakage } from './breakage.ts';

export default {
  id: 'deploy-names-missing-alias',
  title: 'Deploy names a missing alias',
  says: 'a deploy points every integration at an alias that does not exist',
  cause: 'lambda-not-found',
  breakIt: (shop, stage) => shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, qualifier: 'next' }),
  mend: (shop, stage) =>
    shop.account.repoint({ apiId: stage.apiId, stage: stage.stage, ...(stage.alias === undefined ? {} : { qualifier: stage.alias }) }),
} satisfies Breakage;
