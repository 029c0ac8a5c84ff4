// What the function calls became slow: the code of yesterday takes longer than it may. No release to take back.
import { second, type Breakage } from './breakage.ts';

export default {
  id: 'dependency-slower',
  title: 'Slower than its timeout, without a release',
  says: 'the same code takes 14 s since this morning; the function may take 10 s',
  cause: 'lambda-timeout',
  breakIt: (shop, stage) => shop.account.setLoad(stage.functionName, { ms: 14 * second }),
  mend: (shop, stage) => shop.account.setLoad(stage.functionName, { ms: (random) => 30 + random() * 50 }),
} satisfies Breakage;
