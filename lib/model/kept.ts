// A definition that a stage served while all was well, as it is kept: AWS exports only what a stage serves now, so that what an older deployment
// holds is known only where somebody wrote it down before (fixes.md §6).
import type { FunctionRef } from './api.ts';
import { functionKey } from './api.ts';
import { nameOf } from './deployed.ts';
import type { DeployedApi, Integration, Route } from './kinds/api.ts';

export interface KeptRoute {
  /** `GET /orders` */
  readonly name: string;
  /** The function, address or kind of integration; absent: nothing. */
  readonly leadsTo?: string;
  readonly function?: FunctionRef;
  readonly timeoutMs?: number;
  /** Equal for equal routes, in every field. */
  readonly print: string;
}
export interface KeptDefinition {
  readonly deploymentId: string;
  readonly keptAt: number;
  readonly routes: readonly KeptRoute[];
}
/** The newest definition that was kept of another deployment than the stage's, and whether what it names is still there. */
export interface KeptDefinitions {
  readonly before: KeptDefinition;
  /** Functions it names that Lambda does not have, by key. */
  readonly gone: readonly string[];
}

/** A definition with more routes is not kept: one row holds 400 KB. */
const routesAtMost = 500;
const addressChars = 200;

export function keptOf(api: DeployedApi, now: number): KeptDefinition | undefined {
  if (api.deploymentId === undefined || api.partial || api.edited || api.routes.length > routesAtMost) return undefined;
  return { deploymentId: api.deploymentId, keptAt: now, routes: keptRoutes(api.routes) };
}

export const keptRoutes = (routes: readonly Route[]): readonly KeptRoute[] =>
  routes.map((route) => {
    const { integration } = route;
    return {
      name: nameOf(route),
      ...(integration ? { leadsTo: leadsTo(integration), timeoutMs: integration.timeoutMs } : {}),
      ...(integration?.function ? { function: integration.function } : {}),
      print: print(JSON.stringify(route)),
    };
  });

const leadsTo = ({ function: called, uri, type }: Integration): string =>
  called ? functionKey(called) : (uri?.slice(0, addressChars) ?? type);

/** FNV-1a and the length: two routes that differ are told apart, and nothing of them is kept. */
function print(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${(hash >>> 0).toString(16)}-${text.length}`;
}

/** What putting `before` in the place of `now` changes, a line a route. */
export function changesTo(before: readonly KeptRoute[], now: readonly KeptRoute[]): readonly string[] {
  const [old, served] = [byName(before), byName(now)];
  return [...new Set([...old.keys(), ...served.keys()])].toSorted().flatMap((name) => changeOf(name, served.get(name), old.get(name)));
}
const byName = (routes: readonly KeptRoute[]): ReadonlyMap<string, KeptRoute> => new Map(routes.map((r) => [r.name, r]));

function changeOf(name: string, is: KeptRoute | undefined, was: KeptRoute | undefined): readonly string[] {
  if (!is) return [`${name} comes back`];
  if (!was) return [`${name} goes`];
  if (is.print === was.print) return [];
  if (is.leadsTo !== was.leadsTo) return [`${name} leads to ${was.leadsTo ?? 'nothing'} instead of ${is.leadsTo ?? 'nothing'}`];
  if (is.timeoutMs !== was.timeoutMs) return [`${name} waits ${(was.timeoutMs ?? 0) / 1000} s instead of ${(is.timeoutMs ?? 0) / 1000} s`];
  return [`${name} differs otherwise`];
}
