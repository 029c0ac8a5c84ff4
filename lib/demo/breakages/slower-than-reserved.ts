// A release takes longer, and the function's reserved concurrency no longer carries all of its callers: most are served, the rest turned away.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'slower-than-reserved',
  title: 'Slower than its reservation carries',
  says: 'a release takes 1.5 s, and 5 at once serve two callers of three',
  cause: 'lambda-throttled',
  breakIt: (shop, stage) => {
    shop.account.putReserved(stage.functionName, 5);
    release(shop, stage, { outcome: 'ok', ms: 1.5 * second });
  },
  mend: (shop, stage) => {
    shop.account.putReserved(stage.functionName, undefined);
    goodRelease(shop, stage);
  },
} satisfies Breakage;
