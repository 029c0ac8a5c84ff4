// VPC links, load balancers and the VPC, in the SDK's shapes.
import type { ListedCall } from '../../../aws/table/listed-resources.ts';
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import { healthOf, type Balancer, type GroupRule, type NetworkState } from '../network.ts';
import type { Answers, Parts } from './parts.ts';

type Names =
  | 'apigateway:GetVpcLink'
  | 'apigatewayv2:GetVpcLink'
  | Exclude<Extract<keyof Answers, `elbv2:${string}` | `ec2:${string}` | `servicediscovery:${string}`>, ListedCall>;

const noBalancer = (what: string): ReturnType<typeof fail> => fail('gone', `${what}NotFoundException`, `One or more ${what} not found`);

export function networkAnswers({ functions, network }: Parts): Pick<Answers, Names> {
  return { ...linkAnswers(network), ...balancerAnswers(network), ...vpcAnswers(network, functions.fullSubnets), ...cloudMapAnswers };
}

function linkAnswers(net: NetworkState): Pick<Answers, 'apigateway:GetVpcLink' | 'apigatewayv2:GetVpcLink'> {
  return {
    'apigateway:GetVpcLink': ({ vpcLinkId }) => {
      const link = net.links.get(vpcLinkId ?? '');
      if (link?.version !== 1) return fail('gone', 'NotFoundException', 'Invalid Vpc Link identifier specified');
      return ok({
        ...meta,
        id: link.id,
        name: link.name,
        targetArns: [...link.targetArns],
        status: link.status as never,
        statusMessage: link.message,
      });
    },
    'apigatewayv2:GetVpcLink': ({ VpcLinkId }) => {
      const link = net.links.get(VpcLinkId ?? '');
      if (link?.version !== 2) return fail('gone', 'NotFoundException', `Unable to find VpcLink with id ${VpcLinkId}`);
      return ok({
        ...meta,
        VpcLinkId: link.id,
        Name: link.name,
        VpcLinkStatus: link.status as never,
        VpcLinkStatusMessage: link.message,
        VpcLinkVersion: 'V2',
        SecurityGroupIds: [...link.groups],
        SubnetIds: [...link.subnets],
      });
    },
  };
}

const shownBalancer = (net: NetworkState, b: Balancer) => ({
  LoadBalancerArn: b.arn,
  LoadBalancerName: b.name,
  Type: b.type,
  Scheme: b.scheme,
  VpcId: net.vpcId,
  State: { Code: 'active' as const },
  SecurityGroups: [...b.groups],
  AvailabilityZones: net.frontSubnets.map((SubnetId, n) => ({ ZoneName: `us-east-1${'ab'[n] ?? 'c'}`, SubnetId })),
  ...(b.type === 'network'
    ? { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: b.enforced ? ('on' as const) : ('off' as const) }
    : {}),
});
const shownListener = (b: Balancer) => ({
  ListenerArn: b.listenerArn,
  LoadBalancerArn: b.arn,
  Port: b.port,
  Protocol: b.certificate ? ('TLS' as const) : b.type === 'network' ? ('TCP' as const) : ('HTTP' as const),
  DefaultActions: [{ Type: 'forward' as const, TargetGroupArn: b.targetGroupArn }],
});
const shownGroup = (net: NetworkState, b: Balancer) => ({
  TargetGroupArn: b.targetGroupArn,
  TargetGroupName: b.name,
  Port: b.targetPort,
  Protocol: b.type === 'network' ? ('TCP' as const) : ('HTTP' as const),
  TargetType: 'ip' as const,
  VpcId: net.vpcId,
  LoadBalancerArns: [b.arn],
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/health',
});

type BalancerNames = Extract<keyof Answers, `elbv2:${string}`>;
function balancerAnswers(net: NetworkState): Pick<Answers, BalancerNames> {
  const all = (): readonly Balancer[] => [...net.balancers.values()];
  return {
    'elbv2:DescribeLoadBalancers': ({ LoadBalancerArns }) => {
      const found = all().filter((b) => LoadBalancerArns?.includes(b.arn) ?? true);
      if (LoadBalancerArns && found.length < LoadBalancerArns.length) return noBalancer('LoadBalancer');
      return ok({ ...meta, LoadBalancers: found.map((b) => shownBalancer(net, b)) });
    },
    'elbv2:DescribeListeners': ({ LoadBalancerArn, ListenerArns }) => {
      const found = all().filter((b) => b.arn === LoadBalancerArn || (ListenerArns?.includes(b.listenerArn) ?? false));
      return found.length === 0 ? noBalancer('Listener') : ok({ ...meta, Listeners: found.map(shownListener) });
    },
    'elbv2:DescribeListenerCertificates': ({ ListenerArn }) => {
      const b = all().find((one) => one.listenerArn === ListenerArn);
      if (!b) return noBalancer('Listener');
      return ok({ ...meta, Certificates: b.certificate ? [{ CertificateArn: b.certificate.arn, IsDefault: true }] : [] });
    },
    'elbv2:DescribeRules': ({ ListenerArn }) => {
      const b = all().find((one) => one.listenerArn === ListenerArn);
      if (!b) return noBalancer('Listener');
      return ok({ ...meta, Rules: [{ Priority: 'default', IsDefault: true, Actions: shownListener(b).DefaultActions }] });
    },
    'elbv2:DescribeTargetGroups': ({ LoadBalancerArn, TargetGroupArns }) => {
      const found = all().filter((b) => b.arn === LoadBalancerArn || (TargetGroupArns?.includes(b.targetGroupArn) ?? false));
      return ok({ ...meta, TargetGroups: found.map((b) => shownGroup(net, b)) });
    },
    'elbv2:DescribeTargetHealth': ({ TargetGroupArn }) => {
      const b = all().find((one) => one.targetGroupArn === TargetGroupArn);
      if (!b) return noBalancer('TargetGroup');
      const described = b.targets.map((t) => {
        const { state, reason } = healthOf(net, b, t);
        return {
          Target: { Id: t.id, Port: b.targetPort },
          TargetHealth: { State: state as never, ...(reason === undefined ? {} : { Reason: reason as never }) },
        };
      });
      return ok({ ...meta, TargetHealthDescriptions: described });
    },
  };
}

const shownRule = (rule: GroupRule) => ({
  IpProtocol: 'tcp',
  FromPort: rule.from,
  ToPort: rule.to,
  IpRanges: rule.cidr === undefined ? [] : [{ CidrIp: rule.cidr }],
  UserIdGroupPairs: rule.group === undefined ? [] : [{ GroupId: rule.group }],
});

type VpcNames = Exclude<Extract<keyof Answers, `ec2:${string}`>, ListedCall>;
function vpcAnswers(net: NetworkState, full: ReadonlySet<string>): Pick<Answers, VpcNames> {
  return {
    'ec2:DescribeSecurityGroups': ({ GroupIds, Filters }) => {
      const asked = GroupIds ?? Filters?.find((f) => f.Name === 'group-id')?.Values;
      const found = [...net.groups.values()].filter((g) => asked?.includes(g.id) ?? true);
      if (GroupIds && found.length < new Set(GroupIds).size)
        return fail('gone', 'InvalidGroup.NotFound', 'The security group does not exist');
      return ok({
        ...meta,
        SecurityGroups: found.map((g) => ({
          GroupId: g.id,
          VpcId: net.vpcId,
          IpPermissions: g.ingress.map(shownRule),
          IpPermissionsEgress: g.egress.map(shownRule),
        })),
      });
    },
    'ec2:DescribeSubnets': ({ SubnetIds }) => {
      const found = [...net.subnets].filter(([id]) => SubnetIds?.includes(id) ?? true);
      return ok({
        ...meta,
        Subnets: found.map(([SubnetId, CidrBlock]) => ({
          SubnetId,
          CidrBlock,
          VpcId: net.vpcId,
          AvailableIpAddressCount: full.has(SubnetId) ? 0 : 200,
        })),
      });
    },
    'ec2:DescribeNetworkAcls': () =>
      ok({
        ...meta,
        NetworkAcls: [
          {
            NetworkAclId: 'acl-0d44dddd',
            VpcId: net.vpcId,
            Associations: [...net.subnets.keys()].map((SubnetId) => ({ SubnetId })),
            Entries: [
              ...[...net.aclDenies.values()].map((d, n) => ({
                RuleNumber: 10 + n,
                Egress: d.egress,
                RuleAction: 'deny' as const,
                Protocol: '6',
                PortRange: { From: d.port, To: d.port },
                CidrBlock: '0.0.0.0/0',
              })),
              ...[true, false].map((Egress) => ({
                RuleNumber: 100,
                Egress,
                RuleAction: 'allow' as const,
                Protocol: '-1',
                CidrBlock: '0.0.0.0/0',
              })),
            ],
          },
        ],
      }),
    'ec2:DescribeRouteTables': ({ Filters }) => {
      const asked = Filters?.find((f) => f.Name === 'association.subnet-id')?.Values;
      const found = [...net.subnets.keys()].filter((id) => asked?.includes(id) ?? true);
      return ok({
        ...meta,
        RouteTables: found.map((SubnetId) => {
          const out = net.wayOut.get(SubnetId);
          const gone = out?.endsWith('deleted') ?? false;
          return {
            RouteTableId: `rtb-${SubnetId.slice(7)}`,
            VpcId: net.vpcId,
            Associations: [{ SubnetId, Main: false }],
            Routes: [
              { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' as const },
              ...(out === undefined
                ? []
                : [
                    {
                      DestinationCidrBlock: '0.0.0.0/0',
                      ...(out.startsWith('nat-') ? { NatGatewayId: out } : { GatewayId: out }),
                      State: gone ? ('blackhole' as const) : ('active' as const),
                    },
                  ]),
            ],
          };
        }),
      });
    },
    'ec2:DescribeVpcEndpoints': () =>
      ok({
        ...meta,
        VpcEndpoints: [...net.endpoints].map((service) => ({
          VpcEndpointId: `vpce-${service}`,
          VpcId: net.vpcId,
          ServiceName: `com.amazonaws.us-east-1.${service}`,
          VpcEndpointType: 'Interface' as const,
          State: 'Available' as const,
        })),
      }),
    'ec2:DescribeNetworkInterfaces': ({ Filters }) => {
      const asked = Filters?.find((f) => f.Name === 'addresses.private-ip-address')?.Values ?? [];
      const found = [...net.balancers.values()].flatMap((b) => b.targets).filter((t) => asked.includes(t.id));
      return ok({
        ...meta,
        NetworkInterfaces: found.map((t) => ({
          PrivateIpAddress: t.id,
          PrivateIpAddresses: [{ PrivateIpAddress: t.id }],
          VpcId: net.vpcId,
          SubnetId: net.targetSubnet,
          Groups: t.groups.map((GroupId) => ({ GroupId })),
        })),
      });
    },
    'ec2:DescribeFlowLogs': () => ok({ ...meta, FlowLogs: [] }),
  };
}

/** The sandbox has no Cloud Map service: asked for one, it has none. */
const cloudMapAnswers: Pick<Answers, Extract<keyof Answers, `servicediscovery:${string}`>> = {
  'servicediscovery:ListInstances': () => fail('gone', 'ServiceNotFound', 'No service exists with the specified ID'),
  'servicediscovery:GetInstancesHealthStatus': () => fail('gone', 'ServiceNotFound', 'No service exists with the specified ID'),
};
