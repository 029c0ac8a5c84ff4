// A deployment calls Lambda with the caller's own method: Lambda takes POST only, and its refusal reads like a missing permission.
import { routesOf, type Shop, type ShopStage } from '../shop.ts';
import type { Breakage } from './breakage.ts';

const deployWith = (shop: Shop, stage: ShopStage, lambdaMethod: string): void => {
  const at = { apiId: stage.apiId, stage: stage.stage };
  shop.account.editApi(
    at,
    routesOf(stage).map((r) => ({ ...r, lambdaMethod })),
  );
  shop.account.deployApi(at);
};

export default {
  id: 'lambda-called-with-get',
  title: 'Lambda called with GET',
  says: 'a deployment sets the integration’s method to GET; Lambda takes POST only',
  cause: 'integration-route-mismatch',
  breakIt: (shop, stage) => deployWith(shop, stage, 'GET'),
  mend: (shop, stage) => deployWith(shop, stage, 'POST'),
} satisfies Breakage;
