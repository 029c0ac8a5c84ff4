// Reading a deployed API: which HTTP backends stand behind it, under which address, and which routes lead to each.
import { nameOf } from './deployed.ts';
import type { DeployedApi, Integration, Route } from './kinds/api.ts';

export type HttpRoute = Route & { readonly integration: Integration };

/** One address as the deployment names it, with every route that leads to it. */
export interface Backend {
  /** `https://host:port`. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** With a VPC link the host only sets the Host header and the name that is checked (messages.md §9): it need not resolve. */
  readonly vpcLink?: string;
  /** The name that the certificate must carry. */
  readonly name: string;
  readonly routes: readonly HttpRoute[];
}

const isHttp = (route: Route): route is HttpRoute => route.integration?.type === 'HTTP' || route.integration?.type === 'HTTP_PROXY';

export const httpRoutesOf = (api: DeployedApi): readonly HttpRoute[] => api.routes.filter(isHttp);

/** Whether what stands behind every route is known, and none of it is an HTTP backend. */
export const noHttpBackend = (api: DeployedApi): boolean =>
  api.routes.length > 0 && api.routes.every((r) => r.integration !== undefined && !isHttp(r));

/** The address out of a URI whose stage variables are all there. */
function addressOf({ uri, unresolved }: Integration): URL | undefined {
  if (uri === undefined || unresolved !== undefined || !/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return undefined;
  return new URL(uri);
}

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

/** The HTTP backends of a deployment, once each, in order of address. A listener's ARN in place of a URI is no address. */
export function backendsOf(api: DeployedApi): readonly Backend[] {
  const found = new Map<string, Backend>();
  for (const route of httpRoutesOf(api)) {
    const url = addressOf(route.integration);
    if (!url) continue;
    const origin = `${url.protocol}//${url.hostname}:${portOf(url)}`;
    const key = `${origin} ${route.integration.vpcLink ?? ''}`;
    found.set(key, joined(found.get(key), origin, url, route));
  }
  return [...found.values()].sort((a, b) => (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0));
}

const joined = (known: Backend | undefined, origin: string, url: URL, route: HttpRoute): Backend => ({
  origin,
  host: url.hostname,
  port: portOf(url),
  tls: url.protocol === 'https:',
  ...(route.integration.vpcLink === undefined ? {} : { vpcLink: route.integration.vpcLink }),
  name: route.integration.tls?.serverName ?? url.hostname,
  routes: [...(known?.routes ?? []), route],
});

/**
 * HTTPS backends that an HTTP API names by their listener's ARN: the name to verify is the only name there is (AWS, TlsConfig). They have no
 * address, so the origin is the listener.
 */
export function listenerBackendsOf(api: DeployedApi): readonly Backend[] {
  return httpRoutesOf(api).flatMap((route) => {
    const { uri, tls, vpcLink } = route.integration;
    return uri?.startsWith('arn:') === true && tls?.serverName !== undefined
      ? [{ origin: uri, host: tls.serverName, port: 0, tls: true, vpcLink: vpcLink ?? '', name: tls.serverName, routes: [route] }]
      : [];
  });
}

/** The route that a HEAD may ask for: one that reads, with a path that holds no parameter. */
const readsAt = (r: HttpRoute): boolean =>
  /^(?:GET|HEAD)$/i.test(r.integration.httpMethod ?? r.method) && r.integration.uri !== undefined && !/[{}]/.test(r.integration.uri);

/** What to ask a backend for, without changing anything there: a deployed path without parameters, else the root. */
export function pathToAsk(backend: Backend): string {
  const route = backend.routes.find(readsAt);
  const url = route && addressOf(route.integration);
  return url === undefined || url.pathname === '' ? '/' : url.pathname;
}

export const routeNames = (backend: Pick<Backend, 'routes'>): readonly string[] => backend.routes.map(nameOf);
