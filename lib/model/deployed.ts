// Reading a deployed API: which functions stand behind it, which routes lead to each, how long the gateway waits.
import { functionArn, functionKey, parseFunctionArn, type FunctionRef } from './api.ts';
import type { DeployedApi, Integration, Route } from './kinds/api.ts';
import type { LogLine } from './signal.ts';

/** A function as the deployment names it, with every route that leads to it. */
export interface DeployedFunction {
  readonly key: string;
  readonly ref: FunctionRef;
  readonly routes: readonly (Route & { readonly integration: Integration })[];
}

/** The functions of a deployment, once each, in order of key. */
export function functionsOf(api: DeployedApi): readonly DeployedFunction[] {
  const byKey = new Map<string, { ref: FunctionRef; routes: (Route & { integration: Integration })[] }>();
  for (const route of api.routes) {
    const { integration } = route;
    if (!integration?.function) continue;
    const key = functionKey(integration.function);
    const entry = byKey.get(key) ?? { ref: integration.function, routes: [] };
    entry.routes.push({ ...route, integration });
    byKey.set(key, entry);
  }
  return [...byKey].map(([key, value]) => ({ key, ...value })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The lowest and highest wait of the routes that have an integration of their own to wait for. */
export const timeoutsOf = (api: DeployedApi): readonly number[] =>
  [...new Set(api.routes.flatMap((r) => (r.integration && r.integration.type !== 'MOCK' ? [r.integration.timeoutMs] : [])))].sort(
    (a, b) => a - b,
  );

/** A route as people write it; a route key that is no path (`$default`, a WebSocket API's `$connect`, `sendmessage`) stands for itself. */
export const nameOf = (route: Pick<Route, 'method' | 'path'>): string =>
  route.path.startsWith('/') ? `${route.method} ${route.path}` : route.path;

/** At most this many functions of a stage are looked at. */
export const functionsLookedAt = 10;

/** Function ARNs that log lines name, in the words of execution logs; a caller may have forged them, so they only set an order. */
function namedIn(lines: readonly LogLine[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { text } of lines) {
    if (!text.includes(':function:')) continue;
    for (const [arn] of text.matchAll(
      /arn:aws[\w-]{0,10}:lambda:[a-z0-9-]{1,30}:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[$A-Za-z0-9_-]{1,128})?/g,
    )) {
      const ref = parseFunctionArn(arn);
      if (ref) named.add(functionArn(ref));
    }
  }
  return named;
}

/** The functions to look at: those the lines name first, then by key, at most ten. */
export function functionsToLookAt(api: DeployedApi, lines: readonly LogLine[]): readonly DeployedFunction[] {
  const named = namedIn(lines);
  const first = (f: DeployedFunction): number => (named.has(functionArn(f.ref)) ? 0 : 1);
  return [...functionsOf(api)].sort((a, b) => first(a) - first(b) || (a.key < b.key ? -1 : 1)).slice(0, functionsLookedAt);
}

/** At most this many functions that only authorize. */
const authorizersLookedAt = 3;

/** The functions to look at, at most so many, and those that authorize before them: what a deploy took away may be either's. */
export function withAuthorizers(api: DeployedApi, lines: readonly LogLine[], most: number): readonly DeployedFunction[] {
  const behind = functionsToLookAt(api, lines);
  const known = new Set(behind.map((f) => f.key));
  const authorizing = (api.authorizers ?? []).flatMap(({ function: ref }) => (ref ? [{ key: functionKey(ref), ref, routes: [] }] : []));
  const own = authorizing.filter(({ key }, n) => !known.has(key) && authorizing.findIndex((a) => a.key === key) === n);
  const kept = own.slice(0, Math.min(authorizersLookedAt, most - 1));
  return [...behind.slice(0, most - kept.length), ...kept];
}

/** What has a function's key: enough to look its evidence up. */
export type FunctionKeyed = Pick<DeployedFunction, 'key'>;
