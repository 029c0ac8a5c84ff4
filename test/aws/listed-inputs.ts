// Honest inputs of the calls that reach what the owner lists in `resources`, and a list they are on.
import type { In } from '../../lib/aws/calls.ts';
import type { ListedCall } from '../../lib/aws/table/listed-resources.ts';

const boundary = 'arn:aws:iam::111122223333:policy/boundary';
export const listedScope = {
  resources: [
    'arn:aws:dynamodb:us-east-1:111122223333:table/orders',
    'arn:aws:iam::111122223333:role/gateway-*',
    'arn:aws:ec2:us-east-1:111122223333:security-group/sg-0a1b',
  ],
  permissionsBoundary: boundary,
};
/** What IAM knows of a role that carries it. */
export const boundaryOfRole = { 'iam:PermissionsBoundary': boundary };

export const listedInputs: { readonly [N in ListedCall]: In<N> } = {
  'dynamodb:UpdateTable': { TableName: 'orders', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
  'iam:GetRolePolicy': { RoleName: 'gateway-orders', PolicyName: 'access' },
  'iam:PutRolePolicy': { RoleName: 'gateway-orders', PolicyName: 'access', PolicyDocument: '{}' },
  'iam:DeleteRolePolicy': { RoleName: 'gateway-orders', PolicyName: 'access' },
  'iam:ListAttachedRolePolicies': { RoleName: 'gateway-orders' },
  'iam:AttachRolePolicy': { RoleName: 'gateway-orders', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' },
  'iam:DetachRolePolicy': { RoleName: 'gateway-orders', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' },
  'ec2:DescribeSecurityGroupRules': {},
  'ec2:AuthorizeSecurityGroupIngress': { GroupId: 'sg-0a1b' },
  'ec2:RevokeSecurityGroupIngress': { GroupId: 'sg-0a1b', SecurityGroupRuleIds: ['sgr-1'] },
};
export const writesToListed = [
  'dynamodb:UpdateTable',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:RevokeSecurityGroupIngress',
  'iam:AttachRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePolicy',
] as const satisfies readonly ListedCall[];
