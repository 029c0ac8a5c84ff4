// What to do about a way that the network cuts: the missing rule as a command, or what to look at.
import { bash, shell } from '../../model/advice.ts';
import { aclEntryInCode, groupRuleInCode, unenforcedInCode, wayOutInCode } from './code-of-network.ts';
import type { StageRef } from '../../model/api.ts';
import type { Advice } from '../../model/cause.ts';
import type { NetworkFacts } from '../../model/facts/network.ts';

type Way = NetworkFacts['ways'][number];
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export function blockedAdvice(facts: NetworkFacts | undefined, at: StageRef): Advice {
  const [first] = facts?.ways ?? [];
  return {
    summary: first ? `${capital(first.says)}.` : 'The network does not let the traffic through.',
    steps: [
      ...(first
        ? stepsFor[first.what](first)
        : [
            'Follow the way hop by hop: VPC link → load balancer (listener port) → targets, security groups on both sides, network ACLs both ways.',
            'A function in a VPC needs a route to a NAT gateway, or an endpoint for each AWS service it calls.',
          ]),
      ...(first ? changesOf(first.what) : []),
    ],
    snippets: first ? snippetsFor(first, at) : [],
  };
}

const stepsFor: Readonly<Record<Way['what'], (w: Way) => readonly string[]>> = {
  ingress: (w) => [
    `Add the missing inbound rule to ${w.at}${w.port === undefined ? '' : `: TCP ${w.port}`}${w.peer === undefined ? '' : ` from ${w.peer}`}.`,
  ],
  egress: (w) => [
    `Add the missing outbound rule to ${w.at}${w.port === undefined ? '' : `: TCP ${w.port}`}${w.peer === undefined ? '' : ` to ${w.peer}`}.`,
  ],
  acl: (w) => [`Let ${w.at} pass TCP ${w.port ?? ''} in the one direction and ports 1024–65535 back: an ACL knows nothing of connections.`],
  listener: () => ['Put the listener back, or the right port into the integration’s URI, and deploy the stage.'],
  enforced: () => [
    'Turn that setting of the load balancer off, or add an inbound rule for the listener’s port to its security group; the targets’ own groups still protect them.',
  ],
  scheme: () => ['Point the VPC link’s integration at an internal load balancer.'],
  worn: () => ['Give the VPC link a security group of its own, and let the load balancer’s group admit that one on the listener’s port.'],
  wayOut: () => [
    'Give the subnets a route to a NAT gateway, or the VPC an endpoint for each AWS service the function calls; a function never gets out by an internet gateway.',
  ],
};

function snippetsFor(w: Way, at: StageRef): Advice['snippets'] {
  const region = `--region ${shell(at.region)}`;
  if ((w.what === 'ingress' || w.what === 'egress') && w.at.startsWith('sg-') && w.port !== undefined && w.peer !== undefined)
    return [
      bash(
        `Let ${w.peer} through again`,
        `aws ec2 authorize-security-group-${w.what} --group-id ${shell(w.at)} --ip-permissions ${shell(`IpProtocol=tcp,FromPort=${w.port},ToPort=${w.port},UserIdGroupPairs=[{GroupId=${w.peer}}]`)} ${region}`,
      ),
      ...groupRuleInCode(w.what, w.at, w.peer, w.port),
    ];
  if (w.what === 'enforced')
    return [
      bash(
        'Leave PrivateLink traffic out of the inbound rules (needs the groups it has now)',
        `aws elbv2 set-security-groups --load-balancer-arn ${shell(w.at)} --security-groups $(aws elbv2 describe-load-balancers --load-balancer-arns ${shell(w.at)} --query 'LoadBalancers[0].SecurityGroups' --output text ${region}) --enforce-security-group-inbound-rules-on-private-link-traffic off ${region}`,
      ),
      ...unenforcedInCode(w.at),
    ];
  if (w.what === 'wayOut')
    return [
      bash(
        'See the routes of the subnet',
        `aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=${shell(w.at)} --query 'RouteTables[].Routes' ${region}`,
      ),
      bash(
        'Lead the default route to a NAT gateway (put its id, and the route table’s, in place)',
        `aws ec2 replace-route --route-table-id ROUTE_TABLE_ID --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NAT_GATEWAY_ID ${region}`,
      ),
      ...wayOutInCode(),
    ];
  if (w.what === 'acl')
    return [
      bash('See its entries', `aws ec2 describe-network-acls --network-acl-ids ${shell(w.at)} --query 'NetworkAcls[].Entries' ${region}`),
      ...(w.port === undefined ? [] : letIn(w.at, w.port, region)),
    ];
  return w.at.startsWith('sg-')
    ? [bash('See the rules', `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${shell(w.at)} ${region}`)]
    : [];
}

/** Before the entry that refuses it: entries are tried by their numbers. */
const letIn = (acl: string, port: number, region: string): Advice['snippets'] => [
  bash(
    'Let the traffic in, before the entry that refuses it (set the range and the number)',
    `aws ec2 create-network-acl-entry --network-acl-id ${shell(acl)} --ingress --rule-number 5 --protocol tcp --port-range From=${port},To=${port} --cidr-block 10.0.0.0/8 --rule-action allow ${region}`,
  ),
  ...aclEntryInCode(acl, port),
];

/** Names of the CloudTrail events that may have cut the way. */
const events: Readonly<Partial<Record<Way['what'], string>>> = {
  ingress: 'RevokeSecurityGroupIngress, ModifySecurityGroupRules',
  egress: 'RevokeSecurityGroupEgress, ModifySecurityGroupRules',
  acl: 'CreateNetworkAclEntry, ReplaceNetworkAclEntry, DeleteNetworkAclEntry',
  listener: 'DeleteListener, ModifyListener',
  enforced: 'SetSecurityGroups',
  wayOut: 'DeleteNatGateway, DeleteRoute, ReplaceRoute',
};
function changesOf(what: Way['what']): readonly string[] {
  const names = events[what];
  return names === undefined ? [] : [`If it worked before: see in CloudTrail who changed it (${names}), and undo exactly that.`];
}
