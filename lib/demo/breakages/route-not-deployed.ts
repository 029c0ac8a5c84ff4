// A new route is edited and never deployed; a client that already uses it gets 403. No 5xx: only the draft tells what is missing.
import { routesOf, type Shop } from '../shop.ts';
import type { Breakage } from './breakage.ts';

const clients = new WeakMap<Shop, () => void>();

export default {
  id: 'route-not-deployed',
  title: 'Route not deployed',
  says: 'a new route is edited but not deployed, and clients already ask for it',
  cause: 'integration-missing',
  certainty: 'suspected',
  quiet: true,
  breakIt: (shop, stage) => {
    const [first] = routesOf(stage);
    if (!first) throw new Error(`${stage.apiName} has no route`);
    shop.account.editApi(stage, [...routesOf(stage), { ...first, path: '/returns' }]);
    clients.set(
      shop,
      shop.account.traffic({
        apiId: stage.apiId,
        stage: stage.stage,
        route: { method: first.method, path: '/returns' },
        perSecond: 3 * stage.perSecond,
      }),
    );
  },
  mend: (shop, stage) => {
    shop.account.deployApi(stage);
    clients.get(shop)?.();
  },
} satisfies Breakage;
