// Elastic Load Balancing over the SDK; loaded on first use.
import {
  ElasticLoadBalancingV2Client,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Sends } from './sends.ts';
import type { ClientSettings } from './settings.ts';

export function sends(settings: ClientSettings): Sends<'elbv2'> {
  const client = new ElasticLoadBalancingV2Client(settings);
  return {
    'elbv2:DescribeListenerCertificates': (input) => client.send(new DescribeListenerCertificatesCommand(input)),
    'elbv2:DescribeListeners': (input) => client.send(new DescribeListenersCommand(input)),
    'elbv2:DescribeLoadBalancers': (input) => client.send(new DescribeLoadBalancersCommand(input)),
    'elbv2:DescribeRules': (input) => client.send(new DescribeRulesCommand(input)),
    'elbv2:DescribeTargetGroups': (input) => client.send(new DescribeTargetGroupsCommand(input)),
    'elbv2:DescribeTargetHealth': (input) => client.send(new DescribeTargetHealthCommand(input)),
  };
}
