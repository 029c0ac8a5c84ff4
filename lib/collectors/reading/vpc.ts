// Reads what EC2 answers about networks into facts. Answers are read as partial: what is not there stays unknown.
import type { Answer, CallName } from '../../aws/calls.ts';
import type { AclFact, EndpointFact, Network, RouteTableFact, RuleFact, SecurityGroupFact } from '../../model/kinds/network.ts';

type Value<N extends CallName> = Extract<Answer<N>, { ok: true }>['value'];
const known = <T>(list: readonly (T | undefined)[] | undefined): readonly T[] => (list ?? []).filter((x) => x !== undefined);
type Group = NonNullable<NonNullable<Value<'ec2:DescribeSecurityGroups'>['SecurityGroups']>[number]>;

/** By id; the one group that was asked for, where the answer does not name it. */
export function groupsIn(answer: Value<'ec2:DescribeSecurityGroups'>, asked: readonly string[]): Network['securityGroups'] {
  const all = known(answer.SecurityGroups);
  const groups = all.flatMap((g) => {
    const id = g.GroupId ?? (all.length === 1 && asked.length === 1 ? asked[0] : undefined);
    return id === undefined ? [] : [[id, groupOf(id, g)] as const];
  });
  return Object.fromEntries(groups);
}

const groupOf = (id: string, g: Group): SecurityGroupFact => ({
  id,
  ...(g.IpPermissions === undefined ? {} : { ingress: rulesIn(g.IpPermissions) }),
  ...(g.IpPermissionsEgress === undefined ? {} : { egress: rulesIn(g.IpPermissionsEgress) }),
});

const rulesIn = (permissions: NonNullable<Group['IpPermissions']>): readonly RuleFact[] =>
  known(permissions).map((p) => ({
    protocol: p.IpProtocol ?? '-1',
    ...(p.FromPort === undefined ? {} : { fromPort: p.FromPort }),
    ...(p.ToPort === undefined ? {} : { toPort: p.ToPort }),
    ranges: [...known(p.IpRanges).flatMap((r) => r.CidrIp ?? []), ...known(p.Ipv6Ranges).flatMap((r) => r.CidrIpv6 ?? [])],
    groups: known(p.UserIdGroupPairs).flatMap((pair) => pair.GroupId ?? []),
    ...(known(p.PrefixListIds).length > 0 ? { lists: true as const } : {}),
  }));

export const subnetsIn = (answer: Value<'ec2:DescribeSubnets'>): Network['subnets'] =>
  Object.fromEntries(
    known(answer.Subnets).flatMap((s) =>
      s.SubnetId === undefined
        ? []
        : [
            [
              s.SubnetId,
              {
                id: s.SubnetId,
                ...(s.CidrBlock === undefined ? {} : { range: s.CidrBlock }),
                ...(s.VpcId === undefined ? {} : { vpcId: s.VpcId }),
              },
            ],
          ],
    ),
  );

export const aclsIn = (answer: Value<'ec2:DescribeNetworkAcls'>): readonly AclFact[] =>
  known(answer.NetworkAcls).map((acl) => ({
    id: acl.NetworkAclId ?? 'a network ACL',
    subnets: known(acl.Associations).flatMap((a) => a.SubnetId ?? []),
    entries: known(acl.Entries).map((e) => ({
      number: e.RuleNumber ?? 32_767, // the rule that refuses everything else has the number 32767
      egress: e.Egress === true,
      allow: e.RuleAction === 'allow',
      protocol: e.Protocol ?? '-1',
      ...(e.PortRange?.From === undefined ? {} : { fromPort: e.PortRange.From }),
      ...(e.PortRange?.To === undefined ? {} : { toPort: e.PortRange.To }),
      ...(e.CidrBlock === undefined ? {} : { range: e.CidrBlock }),
    })),
  }));

export const routeTablesIn = (answer: Value<'ec2:DescribeRouteTables'>): readonly RouteTableFact[] =>
  known(answer.RouteTables).map((table) => {
    const out = known(table.Routes).find((r) => r.DestinationCidrBlock === '0.0.0.0/0');
    const leads =
      out?.NatGatewayId ??
      out?.GatewayId ??
      out?.TransitGatewayId ??
      out?.NetworkInterfaceId ??
      out?.InstanceId ??
      out?.VpcPeeringConnectionId;
    return {
      ...(table.VpcId === undefined ? {} : { vpcId: table.VpcId }),
      subnets: known(table.Associations).flatMap((a) => a.SubnetId ?? []),
      main: known(table.Associations).some((a) => a.Main === true),
      ...(out ? { wayOut: leads ?? 'something unnamed' } : {}),
      ...(out?.State === 'blackhole' ? { blackhole: true as const } : {}),
    };
  });

export const endpointsIn = (answer: Value<'ec2:DescribeVpcEndpoints'>): readonly EndpointFact[] =>
  known(answer.VpcEndpoints).map((e) => ({
    service: e.ServiceName ?? 'an unnamed service',
    ...(e.State === undefined ? {} : { state: e.State }),
    ...(e.VpcId === undefined ? {} : { vpcId: e.VpcId }),
    ...(e.Groups === undefined ? {} : { securityGroups: known(e.Groups).flatMap((g) => g.GroupId ?? []) }),
  }));

/** By the address or instance that was asked for. */
export function interfacesIn(answer: Value<'ec2:DescribeNetworkInterfaces'>, asked: readonly string[]): Network['interfaces'] {
  const all = known(answer.NetworkInterfaces);
  const entries = asked.flatMap((id) => {
    const own = all.filter(
      (n) =>
        n.PrivateIpAddress === id || n.Attachment?.InstanceId === id || known(n.PrivateIpAddresses).some((a) => a.PrivateIpAddress === id),
    );
    // an instance takes a load balancer's requests at its first interface
    const found = own.find((n) => n.Attachment?.DeviceIndex === 0) ?? own[0];
    return found
      ? [
          [
            id,
            {
              securityGroups: known(found.Groups).flatMap((g) => g.GroupId ?? []),
              ...(found.SubnetId === undefined ? {} : { subnet: found.SubnetId }),
            },
          ] as const,
        ]
      : [];
  });
  return Object.fromEntries(entries);
}
