// A release is slower than the function may be.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'slow-function',
  title: 'Function slower than its timeout',
  says: 'a release takes 14 s; the function may take 10 s',
  cause: 'lambda-timeout',
  breakIt: (shop, stage) => release(shop, stage, { outcome: 'ok', ms: 14 * second }),
  mend: goodRelease,
} satisfies Breakage;
