// The network on the way to private backends, and out of the functions' VPCs: security groups, ACLs, routes, endpoints. Only what stands on a
// deployed integration's way is asked for; what could not be read is named, for a path without it is unclear and never open or closed.
import type { Answer, Aws, CallName, In } from '../aws/calls.ts';
import { got, missing, type Evidence, type Missing } from '../model/evidence.ts';
import type { FunctionConfig } from '../model/kinds/function.ts';
import type { LoadBalancers, Network, VpcLinks } from '../model/kinds/network.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';
import { aclsIn, endpointsIn, groupsIn, interfacesIn, routeTablesIn, subnetsIn } from './reading/vpc.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    network: Network;
  }
}

const calls = [
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeRouteTables',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeNetworkInterfaces',
] as const;
type Calls = (typeof calls)[number];

/** Targets whose interface is looked up: those of one group look alike. */
const targetsRead = 10;

export default collector({
  kind: 'network',
  title: 'Security groups, network ACLs and routes on the way',
  trust: 'aws',
  calls,
  needs: ['deployedApi', 'vpcLinks', 'loadBalancers', 'functionConfig'],
  round: 'suspect',
  maxCalls: calls.length + 1,
  async read(aws, { have, now }) {
    const wanted = wantedOf(have.vpcLinks, have.loadBalancers, have.functionConfig);
    if (wanted.subnets.length + wanted.groups.length + wanted.vpcs.length + wanted.targets.length === 0) return nothing(have);
    const had = await ask(aws, wanted);
    const [first] = Object.values(had.lost);
    return had.answered === 0 && first ? first : got({ ...had.network, ...partly(had.lost) }, { from: now, to: now }, 'aws');
  },
});

/** No VPC is known: because there is none, or because what would name it could not be had. */
function nothing(have: {
  readonly vpcLinks: Evidence<VpcLinks>;
  readonly loadBalancers: Evidence<LoadBalancers>;
  readonly functionConfig: Evidence<FunctionConfig>;
}): Missing {
  const lost = [have.vpcLinks, have.loadBalancers, have.functionConfig].find((e) => e.state === 'missing' && e.why !== 'empty');
  return lost?.state === 'missing'
    ? missing(lost.why, `which network is on the way is not known: ${lost.detail}`)
    : missing('empty', 'neither a VPC link nor a function in a VPC stands behind the stage');
}

interface Asked {
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  /** VPCs of load balancers: an address may be in use in several. */
  readonly targetVpcs: readonly string[];
  /** VPCs of functions. */
  readonly vpcs: readonly string[];
  /** Subnets of functions, whose ways out are looked at. */
  readonly functionSubnets: readonly string[];
  readonly targets: readonly string[];
}

function wantedOf(links: Evidence<VpcLinks>, balancers: Evidence<LoadBalancers>, config: Evidence<FunctionConfig>): Asked {
  const allLinks = links.state === 'got' ? Object.values(links.value.links) : [];
  const allBalancers = balancers.state === 'got' ? Object.values(balancers.value.balancers) : [];
  const places =
    config.state === 'got'
      ? Object.values(config.value.functions).flatMap((f) => (f.vpc && f.vpc.subnetIds.length > 0 ? [f.vpc] : []))
      : [];
  const targets = allBalancers.flatMap((b) =>
    (b.targetGroups ?? []).flatMap((g) => (g.targetType === 'lambda' || g.targetType === 'alb' ? [] : (g.targets ?? []))),
  );
  const unique = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
  return {
    groups: unique([
      ...allLinks.flatMap((l) => l.securityGroups),
      ...allBalancers.flatMap((b) => b.securityGroups ?? []),
      ...places.flatMap((p) => p.securityGroupIds),
    ]),
    subnets: unique([
      ...allLinks.flatMap((l) => l.subnets),
      ...allBalancers.flatMap((b) => b.subnets ?? []),
      ...places.flatMap((p) => p.subnetIds),
    ]),
    targetVpcs: unique(allBalancers.flatMap((b) => b.vpcId ?? [])),
    vpcs: unique(places.flatMap((p) => p.vpcId ?? [])),
    functionSubnets: unique(places.flatMap((p) => p.subnetIds)),
    targets: unique(targets.map((t) => t.id)).slice(0, targetsRead),
  };
}

interface Had {
  readonly network: Network;
  readonly lost: Readonly<Record<string, Missing>>;
  readonly answered: number;
}

async function ask(aws: Aws<Calls>, w: Asked): Promise<Had> {
  const lost: Record<string, Missing> = {};
  let answered = 0;
  const tell = async <N extends Calls, T>(when: boolean, name: N, input: In<N>, read: (value: Value<N>) => T, none: T): Promise<T> => {
    if (!when) return none;
    const answer = await aws.call(name, input);
    if (!answer.ok) {
      lost[name.slice('ec2:Describe'.length)] = notHad(answer.error);
      return none;
    }
    answered++;
    return read(answer.value);
  };
  const inVpc = { Filters: [{ Name: 'vpc-id', Values: [...w.vpcs] }] };
  // What names further groups and subnets first.
  const [interfaces, endpoints] = await Promise.all([
    tell(
      w.targets.length > 0,
      'ec2:DescribeNetworkInterfaces',
      { Filters: [interfaceFilter(w.targets), ...(w.targetVpcs.length > 0 ? [{ Name: 'vpc-id', Values: [...w.targetVpcs] }] : [])] },
      (v) => interfacesIn(v, w.targets),
      {},
    ),
    tell(w.functionSubnets.length > 0, 'ec2:DescribeVpcEndpoints', w.vpcs.length > 0 ? inVpc : {}, endpointsIn, undefined),
  ]);
  const found = Object.values(interfaces);
  const groups = [
    ...new Set([...w.groups, ...found.flatMap((i) => i.securityGroups), ...(endpoints ?? []).flatMap((x) => x.securityGroups ?? [])]),
  ];
  const subnets = [...new Set([...w.subnets, ...found.flatMap((i) => i.subnet ?? [])])];
  // A network of which only a VPC's id is missing is asked by its subnets.
  const routes = w.vpcs.length > 0 ? inVpc : { Filters: [{ Name: 'association.subnet-id', Values: [...w.functionSubnets] }] };
  const [securityGroups, ranges, acls, routeTables] = await Promise.all([
    // by filter: a group that is gone must not take the others' answer away
    tell(
      groups.length > 0,
      'ec2:DescribeSecurityGroups',
      { Filters: [{ Name: 'group-id', Values: groups }] },
      (v) => groupsIn(v, groups),
      {},
    ),
    tell(subnets.length > 0, 'ec2:DescribeSubnets', { Filters: [{ Name: 'subnet-id', Values: subnets }] }, subnetsIn, {}),
    tell(
      subnets.length > w.functionSubnets.length,
      'ec2:DescribeNetworkAcls',
      { Filters: [{ Name: 'association.subnet-id', Values: subnets }] },
      aclsIn,
      [],
    ),
    tell(w.functionSubnets.length > 0, 'ec2:DescribeRouteTables', routes, routeTablesIn, []),
  ]);
  return {
    network: { securityGroups, subnets: ranges, acls, routeTables, interfaces, ...(endpoints ? { endpoints } : {}) },
    lost,
    answered,
  };
}
type Value<N extends CallName> = Extract<Answer<N>, { ok: true }>['value'];

/** Targets are instances or addresses; a group has one kind. */
const interfaceFilter = (targets: readonly string[]) => ({
  Name: targets.every((t) => t.startsWith('i-')) ? 'attachment.instance-id' : 'addresses.private-ip-address',
  Values: [...targets],
});
