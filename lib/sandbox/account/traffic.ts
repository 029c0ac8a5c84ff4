// Callers: a stream of requests to one stage, evenly spaced with a little jitter, run synchronously in quiet events.
import type { Apis, RouteSpec } from './apis.ts';
import type { Base } from './base.ts';
import type { Gateway } from './gateway.ts';

export interface TrafficSpec {
  readonly apiId: string;
  readonly stage: string;
  /** The first route where not said. */
  readonly route?: { readonly method: string; readonly path: string };
  /** A number, or a curve over time. */
  readonly perSecond: number | ((atMs: number) => number);
  readonly from?: number;
  readonly until?: number;
  /** The caller's own path text, query included; may be hostile. */
  readonly path?: string;
  readonly body?: string;
}

/** Path variables as a caller fills them in. */
const filled = (template: string): string => (template === '$default' ? '/' : template.replaceAll(/\{[^}]{1,64}\}/g, '42'));
const methodOf = (route: Pick<RouteSpec, 'method'> | undefined): string =>
  route === undefined || route.method === 'ANY' ? 'GET' : route.method;

export function createTraffic(base: Base, apis: Apis, gateway: Gateway): (spec: TrafficSpec) => () => void {
  let streams = 0;
  return (spec) => {
    const random = base.stream(`traffic ${++streams}`);
    let stopped = false;
    const fire = (): void => {
      const api = apis.find(spec.apiId, spec.stage);
      if (!api) return;
      const route = spec.route ?? api.deployed[0];
      gateway.request({
        api,
        method: methodOf(route),
        path: spec.path ?? filled(route?.path ?? '/'),
        ...(spec.body === undefined ? {} : { body: spec.body }),
      });
    };
    const next = (): void => {
      const now = base.clock.now();
      if (stopped || now >= (spec.until ?? Infinity)) return;
      const rate = typeof spec.perSecond === 'number' ? spec.perSecond : spec.perSecond(now);
      if (rate > 0) fire();
      // A rate of nought is asked again each second.
      base.clock.after(rate > 0 ? (1000 / rate) * (0.8 + 0.4 * random()) : 1000, next, { quiet: true });
    };
    base.clock.at((spec.from ?? base.clock.now()) + random() * 100, next, { quiet: true });
    return () => {
      stopped = true;
    };
  };
}
