// Private backends: VPC links, load balancers, targets, security groups and routes, as owners change them. What a request meets on the way is
// in phases/private.ts; the answers of AWS are in answers/network.ts.
import { type Base, hexOf } from './base.ts';

/** A rule of a security group: one side is either another group or an address range. */
export interface GroupRule {
  readonly from: number;
  readonly to: number;
  readonly group?: string;
  readonly cidr?: string;
  readonly description?: string;
  /** Of a rule that was added later; those of the beginning have one by what they say. */
  readonly id?: string;
}
export interface SecurityGroup {
  readonly id: string;
  ingress: GroupRule[];
  egress: GroupRule[];
}
export interface VpcLinkState {
  readonly id: string;
  /** 1: PrivateLink to a network load balancer; 2: interfaces of its own in subnets. */
  readonly version: 1 | 2;
  readonly name: string;
  status: string;
  message: string;
  readonly targetArns: readonly string[];
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
}
export interface TargetState {
  readonly id: string;
  readonly groups: readonly string[];
  /** Its process answers. */
  up: boolean;
  /** The status it answers with; 200 where not said. */
  answers?: number;
}
export interface Balancer {
  readonly arn: string;
  readonly name: string;
  readonly type: 'application' | 'network';
  scheme: 'internal' | 'internet-facing';
  readonly groups: readonly string[];
  enforced: boolean;
  readonly listenerArn: string;
  port: number;
  readonly targetGroupArn: string;
  readonly targetPort: number;
  targets: TargetState[];
  /** What its TLS listener shows; absent: the listener speaks no TLS. */
  certificate?: ListenerCertificate;
}
export interface ListenerCertificate {
  readonly arn: string;
  readonly names: readonly string[];
  readonly expiresAt: number;
}
export interface FunctionPlace {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}
export interface NetworkState {
  readonly vpcId: string;
  /** Subnets of links, load balancers and functions; the other one is the targets'. */
  readonly frontSubnets: readonly string[];
  readonly targetSubnet: string;
  readonly links: Map<string, VpcLinkState>;
  readonly balancers: Map<string, Balancer>;
  readonly groups: Map<string, SecurityGroup>;
  /** Subnet → its address range. */
  readonly subnets: Map<string, string>;
  /** Subnet → what its default route leads to; absent: the VPC has no way out from there. */
  readonly wayOut: Map<string, string>;
  /** AWS services with an endpoint in the VPC (`sqs`). */
  readonly endpoints: Set<string>;
  /** Networks ACL entries that turn all TCP traffic to a port away. */
  readonly aclDenies: Map<string, { readonly port: number; readonly egress: boolean }>;
  /** Function → where its network interfaces are. */
  readonly places: Map<string, FunctionPlace>;
}

const subnetIds = ['subnet-0a11aaaa', 'subnet-0b22bbbb'] as const;
/** Where targets are: apart from the load balancers, so that network ACLs stand between them. */
const targetSubnet = 'subnet-0c33cccc';

export function createNetworkState(base: Base): NetworkState {
  return {
    vpcId: `vpc-${hexOf(8, base.seed, 'vpc')}`,
    frontSubnets: subnetIds,
    targetSubnet,
    links: new Map(),
    balancers: new Map(),
    groups: new Map(),
    subnets: new Map([...subnetIds, targetSubnet].map((id, n) => [id, `10.0.${n + 1}.0/24`])),
    wayOut: new Map(subnetIds.map((id) => [id, 'nat-0d44dddd'])),
    endpoints: new Set(),
    aclDenies: new Map(),
    places: new Map(),
  };
}

export interface PrivateBackendSpec {
  /** Names everything that is made for it. */
  readonly name: string;
  /** 1: REST over a network load balancer; 2: an application load balancer. */
  readonly version: 1 | 2;
  readonly targets?: number;
}
export interface PrivateBackend {
  readonly linkId: string;
  readonly balancerArn: string;
  readonly listenerArn: string;
  readonly port: number;
  readonly linkGroup: string;
  readonly balancerGroup: string;
  readonly targetGroup: string;
}

const anywhere: GroupRule = { from: 0, to: 65_535, cidr: '0.0.0.0/0' };

/** A VPC link, a load balancer and healthy targets with the security groups that let them talk. */
export function putPrivateBackend(base: Base, net: NetworkState, spec: PrivateBackendSpec): PrivateBackend {
  const id = (kind: string): string => hexOf(16, base.seed, kind, spec.name);
  const place = `arn:aws:elasticloadbalancing:${base.here.region}:${base.here.accountId}`;
  const kind = spec.version === 1 ? 'net' : 'app';
  const path = `${kind}/${spec.name}/${id('balancer')}`;
  const [linkGroup, balancerGroup, targetGroup] = [`sg-${id('link-group')}`, `sg-${id('balancer-group')}`, `sg-${id('target-group')}`];
  const made: PrivateBackend = {
    linkId: id('link').slice(0, 10),
    balancerArn: `${place}:loadbalancer/${path}`,
    listenerArn: `${place}:listener/${path}/${id('listener')}`,
    port: 80,
    linkGroup,
    balancerGroup,
    targetGroup,
  };
  const toBalancer: GroupRule = spec.version === 1 ? { from: 80, to: 80, cidr: '10.0.0.0/16' } : { from: 80, to: 80, group: linkGroup };
  net.groups.set(linkGroup, { id: linkGroup, ingress: [], egress: [anywhere] });
  net.groups.set(balancerGroup, { id: balancerGroup, ingress: [toBalancer], egress: [anywhere] });
  net.groups.set(targetGroup, { id: targetGroup, ingress: [{ from: 8080, to: 8080, group: balancerGroup }], egress: [anywhere] });
  net.balancers.set(made.balancerArn, {
    arn: made.balancerArn,
    name: spec.name,
    type: spec.version === 1 ? 'network' : 'application',
    scheme: 'internal',
    groups: [balancerGroup],
    enforced: false,
    listenerArn: made.listenerArn,
    port: 80,
    targetGroupArn: `${place}:targetgroup/${spec.name}/${id('group')}`,
    targetPort: 8080,
    targets: Array.from({ length: spec.targets ?? 2 }, (_, n) => ({
      id: `10.0.3.${20 + n}`,
      groups: [targetGroup],
      up: true,
    })),
  });
  net.links.set(made.linkId, {
    id: made.linkId,
    version: spec.version,
    name: spec.name,
    status: 'AVAILABLE',
    message: spec.version === 1 ? 'Your vpc link is ready for use' : 'VPC link is ready to route traffic',
    targetArns: spec.version === 1 ? [made.balancerArn] : [],
    groups: spec.version === 1 ? [] : [linkGroup],
    subnets: spec.version === 1 ? [] : [...subnetIds],
  });
  return made;
}

/** Whether a rule of any of these groups lets a peer through to a port. The sandbox's own reading of the rules: what diagnoses has another. */
function admits(net: NetworkState, groups: readonly string[], side: 'ingress' | 'egress', port: number, peer: Peer): boolean {
  return groups.some((id) =>
    (net.groups.get(id)?.[side] ?? []).some(
      (rule) =>
        rule.from <= port &&
        port <= rule.to &&
        (rule.group === undefined ? rule.cidr === '0.0.0.0/0' || rule.cidr === peer.range : peer.groups.includes(rule.group)),
    ),
  );
}
interface Peer {
  readonly groups: readonly string[];
  /** The VPC's range its address is in. */
  readonly range: '10.0.0.0/16' | 'elsewhere';
}
const peer = (groups: readonly string[]): Peer => ({ groups, range: '10.0.0.0/16' });

/** From a load balancer to one of its targets: security groups on both sides, and no ACL entry in between. */
export const reaches = (net: NetworkState, balancer: Balancer, target: TargetState): boolean =>
  admits(net, balancer.groups, 'egress', balancer.targetPort, peer(target.groups)) &&
  admits(net, target.groups, 'ingress', balancer.targetPort, peer(balancer.groups)) &&
  ![...net.aclDenies.values()].some((d) => d.port === balancer.targetPort);

/** From a link to the balancer's listener. PrivateLink traffic meets the balancer's groups only where that is enforced, and no rule for a VPC's range covers it. */
export function linkReaches(net: NetworkState, link: VpcLinkState, balancer: Balancer, port: number): boolean {
  if ([...net.aclDenies.values()].some((d) => d.port === port)) return false;
  if (link.version === 1) return !balancer.enforced || admits(net, balancer.groups, 'ingress', port, { groups: [], range: 'elsewhere' });
  return (
    balancer.scheme === 'internal' &&
    admits(net, link.groups, 'egress', port, peer(balancer.groups)) &&
    admits(net, balancer.groups, 'ingress', port, peer(link.groups))
  );
}

/** Healthy, or why the health checks fail. */
export function healthOf(net: NetworkState, balancer: Balancer, target: TargetState): { readonly state: string; readonly reason?: string } {
  if (!reaches(net, balancer, target)) return { state: 'unhealthy', reason: 'Target.Timeout' };
  return target.up ? { state: 'healthy' } : { state: 'unhealthy', reason: 'Target.FailedHealthChecks' };
}

/** What a function in the VPC can reach: an AWS service by its endpoint, anything by a NAT gateway. An internet gateway is no way out for it. */
export function functionReaches(net: NetworkState, functionName: string, service: string): boolean {
  const place = net.places.get(functionName);
  if (!place || net.endpoints.has(service)) return true;
  const leads = (out: string | undefined): boolean => out !== undefined && out.startsWith('nat-') && !out.endsWith('deleted');
  return place.subnets.every((s) => leads(net.wayOut.get(s)));
}
