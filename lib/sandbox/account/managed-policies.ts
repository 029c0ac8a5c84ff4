// Managed policies as IAM keeps them: a document a version, attached to roles by ARN, in force for each of them some seconds later.
import { ok, type Result } from '../../model/result.ts';
import type { Base } from './base.ts';
import { fail, type Failure } from './failure.ts';
import { takeEffect } from './role-policies.ts';
import type { Role } from './roles-and-queues.ts';
import type { Caller, Trail } from './trail.ts';

export interface ManagedPolicy {
  readonly arn: string;
  /** Documents, the first is `v1`. */
  readonly versions: string[];
}
export const defaultVersion = ({ versions }: ManagedPolicy): string => `v${versions.length}`;

/** IAM attaches ten to a role where nobody asked for more (AWS: IAM quotas). */
const attachedAtMost = 10;

export const noManaged = (arn: string | undefined) => fail('gone', 'NoSuchEntityException', `Policy ${arn ?? ''} was not found.`);

export function attachPolicy(base: Base, role: Role, policy: ManagedPolicy): Result<void, Failure> {
  if (role.attached.has(policy.arn)) return ok(undefined);
  if (role.attached.size >= attachedAtMost)
    return fail('refused', 'LimitExceededException', `Cannot exceed quota for PoliciesPerRole: ${attachedAtMost}`);
  role.attached.set(policy.arn, policy);
  takeEffect(base, role, false);
  return ok(undefined);
}
export function detachPolicy(base: Base, role: Role, arn: string): Result<void, Failure> {
  if (!role.attached.delete(arn)) return noManaged(arn);
  takeEffect(base, role, false);
  return ok(undefined);
}

/** What CloudTrail keeps of an attachment: the policy by its ARN, never its document. */
export function noteAttachment(
  trail: Trail,
  eventName: 'AttachRolePolicy' | 'DetachRolePolicy',
  by: Caller,
  role: string,
  arn: string,
): void {
  trail.record({
    eventName,
    eventSource: 'iam.amazonaws.com',
    by,
    requestParameters: { roleName: role, policyArn: arn },
    resources: [
      { type: 'AWS::IAM::Policy', name: arn },
      { type: 'AWS::IAM::Role', name: role },
    ],
  });
}
