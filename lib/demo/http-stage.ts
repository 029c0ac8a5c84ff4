// The shop's stage as a front of an HTTP backend instead of a function: what breakages of HTTP backends deploy before they break it.
import type { HttpBackend } from '../sandbox/account/http-backends.ts';
import type { Shop, ShopStage } from './shop.ts';

/** The host of the shop's backend; its owner lets Gatemedic connect to it. */
export const backendHost = 'backend.example.com';
const goodBackend = (stage: ShopStage): HttpBackend => ({ uri: `https://${backendHost}/${stage.apiName}`, ms: 40, certificate: 'good' });

const place = (stage: ShopStage) => ({ apiId: stage.apiId, stage: stage.stage });

/** Deploys the stage's routes to the backend; `more` is how it differs from a good one. */
export function serveByHttp(shop: Shop, stage: ShopStage, more: Partial<HttpBackend> = {}): void {
  const routes = ['GET', 'POST'].map((method) => ({ method, path: `/${stage.apiName}`, httpBackend: { ...goodBackend(stage), ...more } }));
  shop.account.editApi(place(stage), routes);
  shop.account.deployApi(place(stage));
}

/** Changes what stands behind the stage; nothing is deployed. */
export function changeBackend(shop: Shop, stage: ShopStage, change: Partial<HttpBackend>): void {
  for (const method of ['GET', 'POST']) shop.account.setBackend({ ...place(stage), method, path: `/${stage.apiName}` }, change);
}
