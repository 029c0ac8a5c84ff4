// Somebody deletes the function the stage still calls.
import type { Breakage } from './breakage.ts';

export default {
  id: 'function-deleted',
  title: 'Function deleted',
  says: 'somebody deletes the function the stage still calls',
  cause: 'lambda-not-found',
  breakIt: (shop, stage) => shop.account.deleteFunction(stage.functionName),
  mend: (shop, stage) => shop.account.restoreFunction(stage.functionName),
} satisfies Breakage;
