// Reserved concurrency is set too low for the work.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'throttled-by-reserved',
  title: 'Throttled by reserved concurrency',
  says: 'reserved concurrency is set to 1 while the function takes 1.5 s',
  cause: 'lambda-throttled',
  breakIt: (shop, stage) => {
    release(shop, stage, { outcome: 'ok', ms: 1.5 * second });
    shop.account.putReserved(stage.functionName, 1);
  },
  mend: (shop, stage) => {
    shop.account.putReserved(stage.functionName, undefined);
    goodRelease(shop, stage);
  },
} satisfies Breakage;
