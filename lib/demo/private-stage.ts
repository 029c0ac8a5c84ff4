// The shop's stage as a front of a private backend behind a VPC link: what breakages of links, load balancers and networks deploy first.
import type { PrivateBackend } from '../sandbox/account/network.ts';
import type { Shop, ShopStage } from './shop.ts';

const made = new WeakMap<Shop, Map<string, PrivateBackend>>();

/** Deploys the stage's routes to a private backend: a network load balancer behind a REST API, an application load balancer behind an HTTP API. */
export function serveByLink(shop: Shop, stage: ShopStage, { tls = false }: { readonly tls?: boolean } = {}): void {
  const backend = shop.account.network.putPrivateBackend({ name: stage.apiName, version: stage.apiType === 'REST' ? 1 : 2 });
  made.set(shop, (made.get(shop) ?? new Map<string, PrivateBackend>()).set(stage.apiId, backend));
  const { linkId, balancerArn, listenerArn, port } = backend;
  const routes = ['GET', 'POST'].map((method) => ({
    method,
    path: `/${stage.apiName}`,
    privateBackend: { linkId, balancerArn, listenerArn, port, ms: 40, tls },
  }));
  const place = { apiId: stage.apiId, stage: stage.stage };
  shop.account.editApi(place, routes);
  shop.account.deployApi(place);
}

/** What `serveByLink` made for a stage. */
export function backendOf(shop: Shop, stage: ShopStage): PrivateBackend {
  const found = made.get(shop)?.get(stage.apiId);
  if (!found) throw new Error(`stage ${stage.apiId}/${stage.stage} has no private backend; serve it by a link first`);
  return found;
}

/** How each shop's breakage is taken back: breaking something answers with its mend. */
const undos = new WeakMap<Shop, () => void>();
export const broken = (shop: Shop, undo: () => void): void => void undos.set(shop, undo);
export const mended = (shop: Shop): void => undos.get(shop)?.();
