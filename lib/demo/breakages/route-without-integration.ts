// An import of the API's definition drops the integrations of an HTTP API, which deploys by itself: its routes lead nowhere.
import { routesOf } from '../shop.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'route-without-integration',
  title: 'Routes without integration',
  says: 'an import drops the integrations of the API; it deploys by itself',
  cause: 'integration-missing',
  on: 'HTTP',
  breakIt: (shop, stage) => {
    shop.account.editApi(
      stage,
      routesOf(stage).map(({ method, path }) => ({ method, path, empty: true })),
    );
    shop.account.deployApi(stage);
  },
  mend: (shop, stage) => {
    shop.account.editApi(stage, routesOf(stage));
    shop.account.deployApi(stage);
  },
} satisfies Breakage;
