// What the function reads outgrew its memory: the code of yesterday is killed. No release to take back.
import { second, type Breakage } from './breakage.ts';

export default {
  id: 'data-outgrew-memory',
  title: 'Data outgrew the memory',
  says: 'what the function loads has grown to 700 MB; it has 512 MB, and Lambda kills it',
  cause: 'lambda-out-of-memory',
  breakIt: (shop, stage) => shop.account.setLoad(stage.functionName, { needsMb: 700, ms: 2 * second }),
  mend: (shop, stage) => shop.account.setLoad(stage.functionName, { needsMb: 200, ms: (random) => 30 + random() * 50 }),
} satisfies Breakage;
