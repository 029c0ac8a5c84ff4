// New environments start for longer than the gateway waits, in spikes of traffic.
import { goodRelease, release, second, type Breakage } from './breakage.ts';
import { routesOf, type Shop, type ShopStage } from '../shop.ts';

export default {
  id: 'cold-start-burst',
  title: 'Cold-start bursts',
  says: 'a heavy start (7 s), a gateway that waits 5 s, and spikes of traffic after quiet spells',
  cause: 'lambda-cold-start',
  breakIt: coldBursts,
  // the lighter release goes out to warm environments: nothing fails on the way
  mend: (shop, stage) => {
    waitFor(shop, stage, undefined);
    shop.account.setInitMs(stage.functionName, 350);
    goodRelease(shop, stage);
  },
} satisfies Breakage;

/** Deploys the API with another integration timeout; undefined is the gateway's own 29 s. */
function waitFor(shop: Shop, stage: ShopStage, timeoutMs: number | undefined): void {
  const routes = routesOf(stage).map((route) => ({ ...route, ...(timeoutMs === undefined ? {} : { timeoutMs }) }));
  shop.account.editApi(stage, routes);
  shop.account.deployApi(stage);
}

/** Each spike needs more environments than the quiet spell before it kept; a new one starts for longer than the gateway waits. */
function coldBursts(shop: Shop, stage: ShopStage): void {
  const { account } = shop;
  waitFor(shop, stage, 5 * second);
  account.setInitMs(stage.functionName, 7 * second);
  account.setIdleMs(stage.functionName, 240 * second);
  release(shop, stage, { outcome: 'ok', ms: 400 });
  for (let n = 0; n < 12; n++) {
    const from = account.clock.now() + n * 480 * second;
    account.traffic({
      apiId: stage.apiId,
      stage: stage.stage,
      route: { method: 'GET', path: `/${stage.apiName}` },
      perSecond: 6,
      from,
      until: from + 20 * second,
    });
  }
}
