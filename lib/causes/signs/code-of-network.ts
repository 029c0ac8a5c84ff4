// What advice asks of networks and load balancers, as pieces of infrastructure: rules, routes, targets.
import type { Snippet } from '../../model/cause.ts';
import { inCode } from '../../model/in-code.ts';

type Snippets = readonly Snippet[];
/** A rule between two security groups. */
export const groupRuleInCode = (side: 'ingress' | 'egress', group: string, peer: string, port: number): Snippets =>
  inCode('Keep the rule in code', {
    type: side === 'ingress' ? 'AWS::EC2::SecurityGroupIngress' : 'AWS::EC2::SecurityGroupEgress',
    properties: {
      GroupId: group,
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      [side === 'ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId']: peer,
    },
    terraform: {
      type: `aws_vpc_security_group_${side}_rule`,
      arguments: { security_group_id: group, ip_protocol: 'tcp', from_port: port, to_port: port, referenced_security_group_id: peer },
    },
  });

/** An entry of a network ACL that lets TCP to a port in; numbered before the one that refuses it. */
export const aclEntryInCode = (acl: string, port: number): Snippets =>
  inCode('Keep the entry in code', {
    type: 'AWS::EC2::NetworkAclEntry',
    properties: {
      NetworkAclId: acl,
      RuleNumber: 5,
      Protocol: 6,
      RuleAction: 'allow',
      Egress: false,
      CidrBlock: '10.0.0.0/8',
      PortRange: { From: port, To: port },
    },
    terraform: {
      type: 'aws_network_acl_rule',
      arguments: {
        network_acl_id: acl,
        rule_number: 5,
        protocol: 'tcp',
        rule_action: 'allow',
        egress: false,
        cidr_block: '10.0.0.0/8',
        from_port: port,
        to_port: port,
      },
    },
  });

/** A default route to a NAT gateway. */
export const wayOutInCode = (): Snippets =>
  inCode('Keep the way out in code', {
    type: 'AWS::EC2::Route',
    properties: { RouteTableId: 'ROUTE_TABLE_ID', DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'NAT_GATEWAY_ID' },
    terraform: {
      type: 'aws_route',
      arguments: { route_table_id: 'ROUTE_TABLE_ID', destination_cidr_block: '0.0.0.0/0', nat_gateway_id: 'NAT_GATEWAY_ID' },
    },
  });

/** PrivateLink traffic is let past the load balancer's groups. */
export const unenforcedInCode = (balancer: string): Snippets =>
  inCode('Keep the setting in code', {
    of: balancer,
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    properties: { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' },
    terraform: { type: 'aws_lb', arguments: { enforce_security_group_inbound_rules_on_private_link_traffic: 'off' } },
  });

/** Targets by address, registered with their group. */
export const targetInCode = (group: string): Snippets =>
  inCode('Keep the targets in code', {
    of: group,
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    properties: { Targets: [{ Id: 'TARGET_ID' }] },
    terraform: { type: 'aws_lb_target_group_attachment', arguments: { target_group_arn: group, target_id: 'TARGET_ID' } },
  });

export const healthCheckInCode = (group: string): Snippets =>
  inCode('Keep the health check in code', {
    of: group,
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    properties: { HealthCheckPath: '/health', Matcher: { HttpCode: '200' } },
    terraform: { type: 'aws_lb_target_group', arguments: { health_check: { block: { path: '/health', matcher: '200' } } } },
  });
