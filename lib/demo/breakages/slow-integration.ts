// A release is slower than the gateway waits.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'slow-integration',
  title: 'Slower than the gateway waits',
  says: 'a release takes 40 s with a function timeout of 60 s; the gateway gives up after 29 s',
  cause: 'integration-timeout',
  breakIt: (shop, stage) => {
    shop.account.setTimeoutSeconds(stage.functionName, 60);
    release(shop, stage, { outcome: 'ok', ms: 40 * second });
  },
  mend: (shop, stage) => {
    shop.account.setTimeoutSeconds(stage.functionName, 10);
    goodRelease(shop, stage);
  },
} satisfies Breakage;
