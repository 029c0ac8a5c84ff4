// AWS updates the runtime, and the code leans on something the new one dropped: nobody released anything.
import type { Breakage } from './breakage.ts';

export default {
  id: 'runtime-update-breaks',
  title: 'Runtime update breaks the code',
  says: 'AWS updates the Node.js runtime; the code leans on what the new version dropped',
  cause: 'lambda-unhandled-error',
  prepare: (shop, stage) => {
    shop.account.setLoad(stage.functionName, { runsUpTo: 18 });
    shop.account.setIdleMs(stage.functionName, 60_000);
  },
  breakIt: (shop) => shop.account.updateRuntime('nodejs24.x'),
  mend: (shop, stage) => shop.account.setLoad(stage.functionName, { runsUpTo: 1000 }),
} satisfies Breakage;
