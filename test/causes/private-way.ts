// A stage whose routes lead through a VPC link to a load balancer, as evidence: everything open and healthy where a test does not say otherwise.
import { got, type Evidence, type Gathered } from '../../lib/model/evidence.ts';
import type { Integration, Series } from '../../lib/model/kinds/api.ts';
import type {
  BalancerFact,
  BalancerMetrics,
  LoadBalancerMetrics,
  LoadBalancers,
  Network,
  RuleFact,
  VpcLinkFact,
  VpcLinks,
} from '../../lib/model/kinds/network.ts';
import { before, burst, deployed, evidence, lacks, minute, span } from './evidence.ts';

const place = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';
export const balancerArn = `${place}:loadbalancer/app/orders/0123456789abcdef`;
const listenerArn = `${place}:listener/app/orders/0123456789abcdef/aaaabbbbccccdddd`;
export const groupArn = `${place}:targetgroup/orders/1111222233334444`;

export const privateRoute = (path: string, more: Partial<Integration> = {}) => ({
  method: 'GET',
  path,
  integration: { type: 'HTTP_PROXY' as const, uri: listenerArn, vpcLink: 'link1', timeoutMs: 30_000, ...more },
});

const link: VpcLinkFact = {
  id: 'link1',
  exists: true,
  version: 2,
  status: 'AVAILABLE',
  targets: [],
  securityGroups: ['sg-link'],
  subnets: ['subnet-a'],
};
export const links = (more: Partial<VpcLinkFact> = {}): Evidence<VpcLinks> => got({ links: { link1: { ...link, ...more } } }, span, 'aws');

const healthy = [
  { id: '10.0.2.20', port: 8080, state: 'healthy' },
  { id: '10.0.2.21', port: 8080, state: 'healthy' },
];
const balancer: BalancerFact = {
  arn: balancerArn,
  exists: true,
  type: 'application',
  scheme: 'internal',
  state: 'active',
  vpcId: 'vpc-1',
  securityGroups: ['sg-balancer'],
  subnets: ['subnet-a', 'subnet-b'],
  listeners: [{ arn: listenerArn, port: 80, protocol: 'HTTP', targetGroups: [groupArn] }],
  targetGroups: [{ arn: groupArn, port: 8080, targetType: 'ip', targets: healthy }],
};
export const balancers = (more: Partial<BalancerFact> = {}, services: LoadBalancers['services'] = {}): Evidence<LoadBalancers> =>
  got({ balancers: { [balancerArn]: { ...balancer, ...more } }, services }, span, 'aws');
/** The one group, with these targets. */
export const targets = (...states: readonly string[]): Partial<BalancerFact> => ({
  targetGroups: [
    {
      arn: groupArn,
      port: 8080,
      targetType: 'ip',
      targets: states.map((state, n) => ({
        id: `10.0.2.2${n}`,
        port: 8080,
        state,
        ...(state === 'unhealthy' ? { reason: 'Target.Timeout' } : {}),
      })),
    },
  ],
});

/** Per minute: quiet, then failing; absent is no datapoint. */
type Pair = readonly [number | undefined, number | undefined];
const series = ([quiet, failing]: Pair): Series => {
  const points = [...before.map((t) => [t, quiet] as const), ...burst.map((t) => [t, failing] as const)].flatMap(([t, v]) =>
    v === undefined ? [] : [[t, v] as const],
  );
  return { at: points.map(([t]) => t), values: points.map(([, v]) => v) };
};
const none: Pair = [undefined, undefined];
export const counted = (
  more: Partial<Record<Exclude<keyof BalancerMetrics, 'healthy'> | 'healthyHosts', Pair>> = {},
): Evidence<LoadBalancerMetrics> => {
  const { healthyHosts = [2, 2], ...own } = more;
  const all = {
    requests: [100, 100],
    ownErrors: none,
    noTarget: none,
    targetErrors: none,
    connectionErrors: none,
    turnedAway: none,
    ...own,
  } as const;
  const each = Object.entries(all).map(([name, pair]) => [name, series(pair)] as const);
  const metrics = { ...Object.fromEntries(each), healthy: { [groupArn]: series(healthyHosts) } } as unknown as BalancerMetrics;
  return got({ periodMs: minute, balancers: { [balancerArn]: metrics } }, span, 'aws');
};

const rule = (port: number, peer: { readonly group?: string; readonly range?: string }) => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  groups: peer.group === undefined ? [] : [peer.group],
  ranges: peer.range === undefined ? [] : [peer.range],
});
export const everything = { protocol: '-1', groups: [], ranges: ['0.0.0.0/0'] };
const net: Network = {
  securityGroups: {
    'sg-link': { id: 'sg-link', ingress: [], egress: [everything] },
    'sg-balancer': { id: 'sg-balancer', ingress: [rule(80, { group: 'sg-link' })], egress: [everything] },
    'sg-target': { id: 'sg-target', ingress: [rule(8080, { group: 'sg-balancer' })], egress: [everything] },
  },
  subnets: { 'subnet-a': { id: 'subnet-a', range: '10.0.1.0/24' }, 'subnet-b': { id: 'subnet-b', range: '10.0.2.0/24' } },
  acls: [
    {
      id: 'acl-1',
      subnets: ['subnet-a', 'subnet-b'],
      entries: [true, false].map((egress) => ({ number: 100, egress, allow: true, protocol: '-1', range: '0.0.0.0/0' })),
    },
  ],
  routeTables: [],
  interfaces: {
    '10.0.2.20': { securityGroups: ['sg-target'], subnet: 'subnet-b' },
    '10.0.2.21': { securityGroups: ['sg-target'], subnet: 'subnet-b' },
  },
};
export const network = (more: Partial<Network> = {}): Evidence<Network> => got({ ...net, ...more }, span, 'aws');
/** The network with one group's rules of one side replaced. */
export const withRules = (id: string, side: 'ingress' | 'egress', rules: readonly RuleFact[]): Evidence<Network> =>
  network({ securityGroups: { ...net.securityGroups, [id]: { ...net.securityGroups[id], id, [side]: rules } } });
export { rule };

/** A healthy way, whose gateway answers 5xx all the same. */
export const way = (more: Gathered = {}): Gathered =>
  evidence({
    deployedApi: deployed(privateRoute('/orders')),
    functionMetrics: lacks('empty'),
    functionConfig: lacks('empty'),
    functionPolicy: lacks('empty'),
    functionConcurrency: lacks('empty'),
    vpcLinks: links(),
    loadBalancers: balancers(),
    loadBalancerMetrics: counted(),
    network: network(),
    flowLog: lacks('empty'),
    ...more,
  });
