// Somebody else writes a role's policy, or makes another version of the managed one: whichever a change is about, and whichever role.
import type { Attempt } from '../../lib/aws/calls.ts';
import type { Change } from '../../lib/model/change.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import roleAttachment, { type RoleAttachmentTarget } from '../../lib/settings/role-attachment.ts';
import type { RolePolicyTarget } from '../../lib/settings/role-policy.ts';

const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' } as const;
const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn;

export function driftOfRole(attempt: Attempt, { setting, target }: Change, account: Account): Promise<unknown> {
  if (setting !== roleAttachment.id) {
    const { roleArn, policyName } = target as RolePolicyTarget;
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return attempt('iam:PutRolePolicy', { RoleName: nameOf(roleArn), PolicyName: policyName, PolicyDocument });
  }
  const { roleArn, policyArn } = target as RoleAttachmentTarget;
  // nobody else's attachment is told from ours: but another version of the policy says something else
  account.services.putManaged(nameOf(policyArn), [statement]);
  return attempt('iam:AttachRolePolicy', { RoleName: nameOf(roleArn), PolicyArn: policyArn });
}
