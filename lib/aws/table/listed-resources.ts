// Rows of what is written to beside functions and stages: tables, inline policies of roles, rules of security groups. Writes reach exactly the
// ARNs the owner listed in `resources`; where none of a kind is listed there is no statement at all.
import type { CallName, CallRow, Grant, GrantScope, Here } from '../calls.ts';

export type ListedCall = Extract<
  CallName,
  | 'dynamodb:UpdateTable'
  | `iam:${'Get' | 'Put' | 'Delete' | 'Attach' | 'Detach'}RolePolicy`
  | 'iam:ListAttachedRolePolicies'
  | 'ec2:DescribeSecurityGroupRules'
  | `ec2:${'Authorize' | 'Revoke'}SecurityGroupIngress`
>;
type Rows = { readonly [N in ListedCall]: CallRow<N> };

/** `arn:aws:dynamodb:…:table/…` and the like: what of the owner's list is of this kind. */
const listed = (scope: GrantScope, kind: RegExp): readonly string[] => (scope.resources ?? []).filter((arn) => kind.test(arn));
const tables = /^arn:aws[\w-]{0,10}:dynamodb:[^:]{1,30}:[^:]{1,12}:table\//;
const roles = /^arn:aws[\w-]{0,10}:iam::[^:]{1,12}:role\//;
const groups = /^arn:aws[\w-]{0,10}:ec2:[^:]{1,30}:[^:]{1,12}:security-group\//;

const some = (resources: readonly string[]): readonly Grant[] => (resources.length === 0 ? [] : [{ resources }]);

/**
 * A role's policies are written only where the role carries the permissions boundary the owner names: IAM cannot narrow PutRolePolicy to
 * what a document says, nor AttachRolePolicy to a policy nobody knows beforehand, so whatever came to stand there, the boundary still holds it (fixes.md
 * §14; all four actions know the key).
 */
const bounded = (scope: GrantScope): readonly Grant[] =>
  scope.permissionsBoundary === undefined
    ? []
    : some(listed(scope, roles)).map((grant) => ({
        ...grant,
        conditions: { StringEquals: { 'iam:PermissionsBoundary': scope.permissionsBoundary ?? '' } },
      }));

const roleArn = (here: Here, name: string | undefined): string => `arn:aws:iam::${here.accountId}:role/${name ?? '*'}`;
const groupArn = (here: Here, id: string | undefined): string => `arn:aws:ec2:${here.region}:${here.accountId}:security-group/${id ?? '*'}`;
const tableArn = (here: Here, name: string | undefined): string =>
  name?.startsWith('arn:') ? name : `arn:aws:dynamodb:${here.region}:${here.accountId}:table/${name ?? '*'}`;

const onlyListed = (what: string): string => `IAM cannot narrow it to ${what}; it reaches only what \`resources\` lists.`;

export const listedRows: Rows = {
  'dynamodb:UpdateTable': {
    iam: ['dynamodb:UpdateTable'],
    effect: 'write',
    why: 'Raises the capacity of a listed table that throttles, and puts it back.',
    wide: onlyListed('the capacity: billing mode, indexes and streams are changed by the same action'),
    resource: (input, here) => [tableArn(here, input.TableName)],
    grants: (scope) => some(listed(scope, tables)),
  },
  'iam:GetRolePolicy': {
    iam: ['iam:GetRolePolicy'],
    effect: 'read',
    why: 'Reads the inline policy of a listed role before and after it is written.',
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: (scope) => some(listed(scope, roles)),
  },
  'iam:PutRolePolicy': {
    iam: ['iam:PutRolePolicy'],
    effect: 'write',
    why: 'Puts a removed inline policy of a listed role back, exactly as CloudTrail recorded it.',
    wide: onlyListed(
      'a document: a listed role must also carry the permissions boundary the owner names, which holds whatever a document says',
    ),
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: bounded,
  },
  'iam:DeleteRolePolicy': {
    iam: ['iam:DeleteRolePolicy'],
    effect: 'write',
    why: 'Takes an inline policy away again that was put back.',
    wide: onlyListed('one policy of a role: a listed role must also carry the permissions boundary the owner names'),
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: bounded,
  },
  'iam:ListAttachedRolePolicies': {
    iam: ['iam:ListAttachedRolePolicies'],
    effect: 'read',
    why: 'Sees whether a managed policy is attached to a listed role, before and after it is attached again.',
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: (scope) => some(listed(scope, roles)),
  },
  'iam:AttachRolePolicy': {
    iam: ['iam:AttachRolePolicy'],
    effect: 'write',
    why: 'Attaches the managed policy again that CloudTrail saw detached from a listed role.',
    wide: onlyListed(
      'a policy that is known beforehand: a listed role must also carry the permissions boundary the owner names, which holds whatever a policy says',
    ),
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: bounded,
  },
  'iam:DetachRolePolicy': {
    iam: ['iam:DetachRolePolicy'],
    effect: 'write',
    why: 'Detaches a managed policy again that was attached again.',
    wide: onlyListed('one policy of a role: a listed role must also carry the permissions boundary the owner names'),
    resource: (input, here) => [roleArn(here, input.RoleName)],
    grants: bounded,
  },
  'ec2:DescribeSecurityGroupRules': {
    iam: ['ec2:DescribeSecurityGroupRules'],
    effect: 'read',
    why: 'Reads the rules of a security group with their ids, before and after one is put back.',
    wide: 'It has no resource: the rules of every security group of the account and Region can be read; only those of the one group are asked for.',
    resource: () => ['*'],
    grants: () => [{ resources: ['*'] }],
  },
  'ec2:AuthorizeSecurityGroupIngress': {
    iam: ['ec2:AuthorizeSecurityGroupIngress'],
    effect: 'write',
    why: 'Puts a revoked inbound rule of a listed security group back, exactly as CloudTrail recorded it.',
    wide: onlyListed('a port or a source'),
    resource: (input, here) => [groupArn(here, input.GroupId)],
    grants: (scope) => some(listed(scope, groups)),
  },
  'ec2:RevokeSecurityGroupIngress': {
    iam: ['ec2:RevokeSecurityGroupIngress'],
    effect: 'write',
    why: 'Revokes a rule again that was put back, by its id.',
    wide: onlyListed('one rule of a group'),
    resource: (input, here) => [groupArn(here, input.GroupId)],
    grants: (scope) => some(listed(scope, groups)),
  },
};
