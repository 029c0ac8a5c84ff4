// One managed policy's attachment to a role: there, with the version of the policy that is in force, or not. It is only ever attached again where
// CloudTrail saw it detached, while the version whose document was weighed and shown is still the one in force.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { err, ok, type Result } from '../model/result.ts';
import { nameOf, oneLine, ofRole, roleLock } from './role/place.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';
import { serves } from './signs/stage-serves.ts';

const target = v.object({
  ...ofRole,
  policyArn: v.string(),
  /** What it says, for whoever approves. */
  allows: v.string(),
});
/** Whoever changes what a policy says makes a new version of it: another version is another value. */
const value = v.object({ version: v.string() });
export type RoleAttachmentTarget = v.InferOutput<typeof target>;
type Target = RoleAttachmentTarget;
type Attached = v.InferOutput<typeof value>;
type Value = ValueOf<Attached>;
type Read = 'iam:ListAttachedRolePolicies' | 'iam:GetPolicy';
type Write = 'iam:AttachRolePolicy' | 'iam:DetachRolePolicy';

const of = (t: Target) => ({ RoleName: nameOf(t), PolicyArn: t.policyArn });

/** A page of attachments holds a hundred; a role has at most twenty-five (AWS: IAM quotas). */
async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<Attached>, CallError>> {
  const version = await versionOf(aws, t);
  if (!version.ok) return version;
  const answer = await aws.call('iam:ListAttachedRolePolicies', { RoleName: nameOf(t) });
  if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(`the role ${nameOf(t)}`)) : answer;
  const there = (answer.value.AttachedPolicies ?? []).some((one) => one?.PolicyArn === t.policyArn);
  return ok({ value: there ? { version: version.value } : 'absent' });
}

async function versionOf(aws: Aws<'iam:GetPolicy'>, t: Target): Promise<Result<string, CallError>> {
  const policy = await aws.call('iam:GetPolicy', { PolicyArn: t.policyArn });
  if (!policy.ok) return policy;
  const version = policy.value.Policy?.DefaultVersionId;
  return version === undefined
    ? err({ kind: 'down', call: 'iam:GetPolicy', name: 'Unreadable', message: `no version of ${t.policyArn} is named` })
    : ok(version);
}
const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.version === b.version);

async function write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent') {
    const gone = await aws.call('iam:DetachRolePolicy', of(t));
    return gone.ok || gone.error.kind === 'gone' ? ok(undefined) : gone;
  }
  const version = await versionOf(aws, t);
  if (!version.ok) return version;
  if (version.value !== to.version)
    return err({
      kind: 'refused',
      call: 'iam:AttachRolePolicy',
      name: 'Refused',
      message: `the policy ${t.policyArn} is at ${version.value} by now, and ${to.version} was shown: it is not attached`,
    });
  const done = await aws.call('iam:AttachRolePolicy', of(t));
  return done.ok ? ok(undefined) : done;
}

export default setting({
  id: 'role-attachment',
  title: 'A managed policy’s attachment to a role',
  target,
  value,
  calls: { read: ['iam:ListAttachedRolePolicies', 'iam:GetPolicy'], write: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'] },
  race: 'between our read and our write (well under a second): attaching or detaching twice is once, and a policy that gets another version in between is attached as it then is. IAM is consistent only after seconds, at times a minute.',
  hand: 'role-policies',
  lockKey: (t: Target) => roleLock(t),
  writesTo: (t: Target) => t.roleArn,
  read,
  write,
  same,
  show(t: Target, from: Value, to: Value) {
    const said = (one: Value): string => (one === 'absent' ? 'not attached' : `attached at ${one.version} (${t.allows})`);
    return oneLine(`role ${nameOf(t)}, managed policy ${t.policyArn} (${t.removed}): ${said(from)} → ${said(to)}`);
  },
  inUse: (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, _value: Attached, window: Window) => serves(aws, t.stage, window),
  keptWhenUsed: true,
  byHand: (t: Target, _from: Value, to: Value) =>
    `aws iam ${to === 'absent' ? 'detach' : 'attach'}-role-policy --role-name ${shell(nameOf(t))} --policy-arn ${shell(t.policyArn)}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t)),
});

/** In the role's own resource where the language has no other: CloudFormation attaches by the role. */
function lasting(t: Target): readonly Snippet[] {
  const [role, policy] = [JSON.stringify(nameOf(t)), JSON.stringify(t.policyArn)];
  return [
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `# in the Properties of the role ${nameOf(t)}\nManagedPolicyArns:\n  - ${policy}`,
    },
    {
      title: 'CDK',
      language: 'typescript',
      code: `role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyArn(this, 'Restored', ${policy}));`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `resource "aws_iam_role_policy_attachment" "restored" {\n  role       = ${role}\n  policy_arn = ${policy}\n}`,
    },
  ];
}
