// Which ways lead from a stage to backends behind VPC links and load balancers, as the deployment names them. With a link, the host of an
// HTTP URI only sets Host and SNI (messages.md §9): the link and the port decide where requests go.
import { nameOf } from './deployed.ts';
import type { DeployedApi, Integration } from './kinds/api.ts';
import type { BalancerFact, ListenerFact, LoadBalancers, TargetGroupFact, VpcLinks } from './kinds/network.ts';

export interface Way {
  /** Id of the VPC link. */
  readonly link?: string;
  /** Load balancer the integration itself names: its ARN, or its name where only a host name tells it. */
  readonly balancer?: string;
  readonly listener?: string;
  readonly port?: number;
  /** ARN of a Cloud Map service. */
  readonly service?: string;
  readonly routes: readonly string[];
}

const listenerArn =
  /^(arn:aws[\w-]{0,10}:elasticloadbalancing:[a-z0-9-]{1,30}:\d{12}):listener\/((?:app|net)\/[\w-]{1,64}\/[0-9a-z]{1,32})\/[0-9a-z]{1,32}$/;
const balancerArn =
  /^arn:aws[\w-]{0,10}:elasticloadbalancing:[a-z0-9-]{1,30}:\d{12}:loadbalancer\/(?:app|net)\/[\w-]{1,64}\/[0-9a-z]{1,32}$/;
const serviceArn = /^arn:aws[\w-]{0,10}:servicediscovery:[a-z0-9-]{1,30}:\d{12}:service\/[\w-]{1,64}$/;
/** `internal-name-1234567890.us-east-1.elb.amazonaws.com` (application), `name-0123456789abcdef.elb.us-east-1.amazonaws.com` (network). */
const balancerHost = /^(?:internal-)?([\w-]{1,32})-[0-9a-f]{8,20}\.(?:[a-z0-9-]{1,30}\.elb|elb\.[a-z0-9-]{1,30})\.amazonaws\.com$/;

/** The ways of a deployment, once each, in order. */
export function waysOf(api: DeployedApi): readonly Way[] {
  const byKey = new Map<string, Way>();
  for (const route of api.routes) {
    const place = route.integration && placeOf(route.integration);
    if (!place) continue;
    const key = JSON.stringify(place);
    const so = byKey.get(key);
    byKey.set(key, { ...place, routes: [...(so?.routes ?? []), nameOf(route)] });
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, way]) => way);
}

/** Whether every route with a backend takes one of these ways: then a failure of the stage is a failure of theirs. */
export function only(api: DeployedApi, ways: readonly Way[]): boolean {
  const taken = new Set(ways.flatMap((way) => way.routes));
  return api.routes.every((r) => !r.integration || r.integration.type === 'MOCK' || taken.has(nameOf(r)));
}

function placeOf(i: Integration): Omit<Way, 'routes'> | undefined {
  const named = namedBy(i.target) ?? namedBy(i.uri);
  const url = urlOf(i.uri);
  const port = named?.listener === undefined ? url?.port : undefined;
  const host = named || i.vpcLink ? undefined : balancerHost.exec(url?.host ?? '')?.[1];
  if (!named && i.vpcLink === undefined && host === undefined) return undefined;
  return {
    ...(i.vpcLink === undefined ? {} : { link: i.vpcLink }),
    ...named,
    ...(host === undefined ? {} : { balancer: host }),
    ...(port === undefined || named?.service !== undefined ? {} : { port }),
  };
}

function namedBy(text: string | undefined): Pick<Way, 'balancer' | 'listener' | 'service'> | undefined {
  if (text === undefined) return undefined;
  const listener = listenerArn.exec(text);
  if (listener) return { balancer: `${listener[1] ?? ''}:loadbalancer/${listener[2] ?? ''}`, listener: text };
  if (balancerArn.test(text)) return { balancer: text };
  return serviceArn.test(text) ? { service: text } : undefined;
}

function urlOf(uri: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const m = /^(https?):\/\/([\w.{}-]{1,253})(?::(\d{1,5}))?(?:[/?#]|$)/i.exec(uri ?? '');
  if (!m?.[1] || !m[2]) return undefined;
  return { host: m[2].toLowerCase(), port: m[3] === undefined ? (m[1].toLowerCase() === 'https' ? 443 : 80) : Number(m[3]) };
}

/** The load balancers a way leads to: named by the integration, or by its link. */
export const balancerKeys = (way: Way, links: VpcLinks | undefined): readonly string[] =>
  way.service !== undefined
    ? []
    : way.balancer === undefined
      ? way.link === undefined
        ? []
        : (links?.links[way.link]?.targets ?? [])
      : [way.balancer];

/** A way with the load balancer and the listener it ends at. */
export interface Ending {
  readonly way: Way;
  readonly key: string;
  readonly balancer: BalancerFact;
  /** Absent where the listeners are known and none has the way's port, or where they are not known. */
  readonly listener?: ListenerFact;
}

export const endingsOf = (ways: readonly Way[], links: VpcLinks | undefined, balancers: LoadBalancers): readonly Ending[] =>
  ways.flatMap((way) =>
    balancerKeys(way, links).flatMap((key) => {
      const balancer = balancers.balancers[key];
      if (!balancer) return [];
      const listener = listenerOf(way, balancer);
      return [{ way, key, balancer, ...(listener ? { listener } : {}) }];
    }),
  );

function listenerOf(way: Way, balancer: BalancerFact): ListenerFact | undefined {
  const all = balancer.listeners ?? [];
  if (way.listener !== undefined) return all.find((l) => l.arn === way.listener) ?? only1(all.filter((l) => l.arn === undefined));
  return all.find((l) => l.port === way.port) ?? only1(all.filter((l) => l.port === undefined));
}
const only1 = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** The target groups behind a way; all of the load balancer's where nobody told which its listener forwards to. */
export function groupsBehind({ balancer, listener }: Ending): readonly TargetGroupFact[] {
  const all = balancer.targetGroups ?? [];
  const wanted = listener?.targetGroups;
  return wanted === undefined ? all : all.filter((g) => wanted.includes(g.arn));
}

/** A load balancer's short name, for people. */
export const balancerName = (key: string): string => key.split('/').at(-2) ?? key;
