// A deploy cuts the integrations' timeout far below what the function needs: the gateway gives up on requests that would have succeeded.
import { routesOf } from '../shop.ts';
import { goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'integration-timeout-cut',
  title: 'Integration timeout cut',
  says: 'a deploy sets the integrations’ timeout to 3 s, and the function takes 5',
  cause: 'integration-timeout',
  prepare: (shop, stage) => {
    shop.account.setTimeoutSeconds(stage.functionName, 20);
    release(shop, stage, { outcome: 'ok', ms: 5 * second });
  },
  breakIt: (shop, stage) => {
    shop.account.editApi(
      stage,
      routesOf(stage).map((route) => ({ ...route, timeoutMs: 3 * second })),
    );
    shop.account.deployApi(stage);
  },
  mend: (shop, stage) => {
    shop.account.editApi(stage, routesOf(stage));
    shop.account.deployApi(stage);
    goodRelease(shop, stage);
  },
} satisfies Breakage;
