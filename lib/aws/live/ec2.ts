// EC2's networks over the SDK; loaded on first use.
import {
  EC2Client,
  AuthorizeSecurityGroupIngressCommand,
  DescribeFlowLogsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'ec2'> {
  const client = new EC2Client(settings);
  return {
    'ec2:DescribeFlowLogs': (input) => client.send(new DescribeFlowLogsCommand(input)),
    'ec2:DescribeNetworkAcls': (input) => client.send(new DescribeNetworkAclsCommand(input)),
    'ec2:DescribeNetworkInterfaces': (input) => client.send(new DescribeNetworkInterfacesCommand(input)),
    'ec2:DescribeRouteTables': (input) => client.send(new DescribeRouteTablesCommand(input)),
    'ec2:DescribeSecurityGroupRules': (input) => client.send(new DescribeSecurityGroupRulesCommand(input)),
    'ec2:AuthorizeSecurityGroupIngress': (input) => client.send(new AuthorizeSecurityGroupIngressCommand(input)),
    'ec2:RevokeSecurityGroupIngress': (input) => client.send(new RevokeSecurityGroupIngressCommand(input)),
    'ec2:DescribeSecurityGroups': (input) => client.send(new DescribeSecurityGroupsCommand(input)),
    'ec2:DescribeSubnets': (input) => client.send(new DescribeSubnetsCommand(input)),
    'ec2:DescribeVpcEndpoints': (input) => client.send(new DescribeVpcEndpointsCommand(input)),
  };
}
