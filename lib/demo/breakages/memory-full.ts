// A release holds more than the function's memory: Lambda kills it.
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'memory-full',
  title: 'Memory full',
  says: 'a release needs more than its 512 MB; Lambda kills it',
  cause: 'lambda-out-of-memory',
  breakIt: (shop, stage) => release(shop, stage, { outcome: 'throw', dies: 'memory', ms: 2 * second }),
  mend: goodRelease,
} satisfies Breakage;
