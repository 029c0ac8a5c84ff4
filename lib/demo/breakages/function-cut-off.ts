// A release begins to call an AWS service from a VPC that has no way out and no endpoint for it: nothing in the network changed.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'function-cut-off',
  title: 'Function cut off',
  says: 'a release calls an AWS service from subnets without a NAT gateway or an endpoint; the function hangs until its timeout',
  // that it hangs is proven; that the missing way out is why needs a log that says what it waited for, and this one only times out
  cause: 'lambda-timeout',
  prepare: (shop, stage) => {
    shop.account.network.placeFunction(stage.functionName);
    shop.account.network.removeWayOut();
  },
  breakIt: (shop, stage) =>
    release(shop, stage, { outcome: 'ok', ms: () => (shop.account.network.reaches(stage.functionName, 'sqs') ? 40 : 900 * second) }),
  mend: goodRelease,
} satisfies Breakage;
