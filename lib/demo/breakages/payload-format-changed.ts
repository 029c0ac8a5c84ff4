// An import sets the integration's payload format to 1.0, while the code reads 2.0.
import { routesOf, type Shop, type ShopStage } from '../shop.ts';
import { release, type Breakage } from './breakage.ts';

function send(shop: Shop, stage: ShopStage, payloadFormat: '1.0' | '2.0'): void {
  shop.account.editApi(
    stage,
    routesOf(stage).map((route) => ({ ...route, payloadFormat })),
  );
  shop.account.deployApi(stage);
}

export default {
  id: 'payload-format-changed',
  title: 'Payload format changed',
  says: 'an import sets the payload format of an HTTP API to 1.0, while the code reads 2.0',
  cause: 'lambda-payload-mismatch',
  on: 'HTTP',
  prepare: (shop, stage) => release(shop, stage, { reads: '2.0' }),
  breakIt: (shop, stage) => send(shop, stage, '1.0'),
  mend: (shop, stage) => send(shop, stage, '2.0'),
} satisfies Breakage;
