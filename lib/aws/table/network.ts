// Rows of what stands between the gateway and a private backend: load balancers, VPC networks, Cloud Map. All reads, and all free of charge;
// most of them IAM cannot narrow at all.
import type { CallName, CallRow, GrantScope, Here } from '../calls.ts';
import type { ListedCall } from './listed-resources.ts';

type Rows = {
  readonly [N in Exclude<Extract<CallName, `elbv2:${string}` | `ec2:${string}` | `servicediscovery:${string}`>, ListedCall>]: CallRow<N>;
};
type Services = Pick<CallRow<'servicediscovery:ListInstances'>, 'effect' | 'grants'>;

/** Neither Elastic Load Balancing's nor EC2's Describe actions know resources (Service Authorization Reference). */
const everywhere = {
  effect: 'read',
  resource: () => ['*'],
  grants: () => [{ resources: ['*'] }],
} as const satisfies Partial<CallRow<'ec2:DescribeSubnets'>>;

const anyBalancer =
  'It has no resource: the settings of every load balancer of the account and Region can be read; only those that deployed integrations lead to are asked for.';
const anyNetwork =
  'It has no resource: every VPC of the account and Region can be read; only what stands on the way to a deployed integration is asked for.';

const serviceArn = (here: Here, id: string | undefined): string =>
  id?.startsWith('arn:') ? id : `arn:aws:servicediscovery:${here.region}:${here.accountId}:service/${id ?? '*'}`;
const anyService: Services & { readonly wide: string } = {
  effect: 'read',
  wide: 'Which service an integration names is only known at run time: the instances of every Cloud Map service of the account and Region can be listed.',
  grants: (scope: GrantScope) => [{ resources: [serviceArn(scope, '*')] }],
};

export const networkRows: Rows = {
  'elbv2:DescribeLoadBalancers': {
    iam: ['elasticloadbalancing:DescribeLoadBalancers'],
    why: 'Reads state, scheme and security groups of the load balancer behind a VPC link.',
    wide: anyBalancer,
    ...everywhere,
  },
  'elbv2:DescribeListeners': {
    iam: ['elasticloadbalancing:DescribeListeners'],
    why: 'Reads which port the load balancer listens on, and where it forwards to.',
    wide: anyBalancer,
    ...everywhere,
  },
  'elbv2:DescribeListenerCertificates': {
    iam: ['elasticloadbalancing:DescribeListenerCertificates'],
    why: 'Reads which certificates a TLS listener behind a VPC link shows.',
    wide: anyBalancer,
    ...everywhere,
  },
  'elbv2:DescribeRules': {
    iam: ['elasticloadbalancing:DescribeRules'],
    why: 'Reads where a listener forwards to by path or host.',
    wide: anyBalancer,
    ...everywhere,
  },
  'elbv2:DescribeTargetGroups': {
    iam: ['elasticloadbalancing:DescribeTargetGroups'],
    why: 'Reads the target groups of a load balancer, and how their health is checked.',
    wide: anyBalancer,
    ...everywhere,
  },
  'elbv2:DescribeTargetHealth': {
    iam: ['elasticloadbalancing:DescribeTargetHealth'],
    why: 'Reads whether the targets are healthy, and why not.',
    wide: anyBalancer,
    ...everywhere,
  },
  'ec2:DescribeSecurityGroups': {
    iam: ['ec2:DescribeSecurityGroups'],
    why: 'Finds the security-group rule that is missing between VPC link, load balancer and targets.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeSubnets': {
    iam: ['ec2:DescribeSubnets'],
    why: 'Reads address ranges of the subnets on the way, for rules that name addresses.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeNetworkAcls': {
    iam: ['ec2:DescribeNetworkAcls'],
    why: 'Sees whether a network ACL turns the traffic away, in either direction.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeRouteTables': {
    iam: ['ec2:DescribeRouteTables'],
    why: 'Sees whether a function’s subnets have a way out of the VPC.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeVpcEndpoints': {
    iam: ['ec2:DescribeVpcEndpoints'],
    why: 'Sees which AWS services a function in a VPC reaches without a way out.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeNetworkInterfaces': {
    iam: ['ec2:DescribeNetworkInterfaces'],
    why: 'Finds the security groups of a load balancer’s targets.',
    wide: anyNetwork,
    ...everywhere,
  },
  'ec2:DescribeFlowLogs': {
    iam: ['ec2:DescribeFlowLogs'],
    why: 'Sees whether flow logs of the VPC are on, and where they are written.',
    wide: anyNetwork,
    ...everywhere,
  },
  'servicediscovery:ListInstances': {
    iam: ['servicediscovery:ListInstances'],
    why: 'Reads the instances behind an integration that names a Cloud Map service.',
    resource: (input, here) => [serviceArn(here, input.ServiceId)],
    ...anyService,
  },
  'servicediscovery:GetInstancesHealthStatus': {
    iam: ['servicediscovery:GetInstancesHealthStatus'],
    why: 'Reads whether those instances are healthy.',
    resource: (input, here) => [serviceArn(here, input.ServiceId)],
    ...anyService,
  },
};
