// Managed policies and their attachments in the SDK's shapes.
import { ok } from '../../../model/result.ts';
import { attachPolicy, defaultVersion, detachPolicy, noManaged, noteAttachment } from '../managed-policies.ts';
import { meta } from '../failure.ts';
import { noRole } from '../role-policies.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'iam:GetPolicy' | 'iam:GetPolicyVersion' | 'iam:ListAttachedRolePolicies' | 'iam:AttachRolePolicy' | 'iam:DetachRolePolicy';

const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn;

export function managedAnswers({ base, services: { roles, managed }, trail }: Parts): Pick<Answers, Names> {
  return {
    'iam:GetPolicy': ({ PolicyArn }) => {
      const policy = managed.get(PolicyArn ?? '');
      if (!policy) return noManaged(PolicyArn);
      return ok({
        ...meta,
        Policy: { PolicyName: nameOf(policy.arn), Arn: policy.arn, DefaultVersionId: defaultVersion(policy), IsAttachable: true },
      });
    },
    'iam:GetPolicyVersion': ({ PolicyArn, VersionId }) => {
      const policy = managed.get(PolicyArn ?? '');
      const document = policy?.versions[Number(VersionId?.slice(1)) - 1];
      if (!policy || document === undefined) return noManaged(PolicyArn);
      const IsDefaultVersion = VersionId === defaultVersion(policy);
      return ok({ ...meta, PolicyVersion: { Document: encodeURIComponent(document), VersionId, IsDefaultVersion } });
    },
    'iam:ListAttachedRolePolicies': ({ RoleName }) => {
      const role = roles.get(RoleName ?? '');
      if (!role) return noRole(RoleName);
      const AttachedPolicies = [...role.attached.keys()].map((arn) => ({ PolicyName: nameOf(arn), PolicyArn: arn }));
      return ok({ ...meta, AttachedPolicies, IsTruncated: false });
    },
    'iam:AttachRolePolicy': ({ RoleName, PolicyArn }, by) => {
      const role = roles.get(RoleName ?? '');
      const policy = managed.get(PolicyArn ?? '');
      if (!role) return noRole(RoleName);
      if (!policy) return noManaged(PolicyArn);
      const done = attachPolicy(base, role, policy);
      if (!done.ok) return done;
      noteAttachment(trail, 'AttachRolePolicy', by, role.name, policy.arn);
      return ok(meta);
    },
    'iam:DetachRolePolicy': ({ RoleName, PolicyArn = '' }, by) => {
      const role = roles.get(RoleName ?? '');
      if (!role) return noRole(RoleName);
      const gone = detachPolicy(base, role, PolicyArn);
      if (!gone.ok) return gone;
      noteAttachment(trail, 'DetachRolePolicy', by, role.name, PolicyArn);
      return ok(meta);
    },
  };
}
