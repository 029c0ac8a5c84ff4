// One inline policy of a role, as a whole document: IAM writes it whole and has no revision for it (fixes.md §14). It is only ever set to what
// CloudTrail recorded, or back to what stood there.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { decodedPolicy } from '../model/policy.ts';
import { sameDocument, spokenStatements, tooWide } from '../model/removed-policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { nameOf, oneLine, ofRole, roleLock } from './role/place.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';
import { serves } from './signs/stage-serves.ts';

const target = v.object({
  ...ofRole,
  policyName: v.string(),
});
const value = v.object({ document: v.string() });
export type RolePolicyTarget = v.InferOutput<typeof target>;
type Document = v.InferOutput<typeof value>;
type Target = RolePolicyTarget;
type Value = ValueOf<Document>;
type Read = 'iam:GetRolePolicy';
type Write = 'iam:PutRolePolicy' | 'iam:DeleteRolePolicy';

const of = (t: Target) => ({ RoleName: nameOf(t), PolicyName: t.policyName });
const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : sameDocument(a.document, b.document));

async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<Document>, CallError>> {
  const answer = await aws.call('iam:GetRolePolicy', of(t));
  // no such policy is 404, like a role that is not there; IAM's words tell them apart (prowler#2872)
  const noRole = !answer.ok && answer.error.message.startsWith('The role with name');
  if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(noRole ? `the role ${nameOf(t)}` : undefined)) : answer;
  const document = decodedPolicy(answer.value.PolicyDocument);
  return document === undefined
    ? err({ kind: 'down', call: 'iam:GetRolePolicy', name: 'Unreadable', message: 'the policy is not a policy document' })
    : ok({ value: { document } });
}

async function write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent') {
    const gone = await aws.call('iam:DeleteRolePolicy', of(t));
    return gone.ok || gone.error.kind === 'gone' ? ok(undefined) : gone;
  }
  // what stood there may always be put back; what is new may not give more than a machine should
  const wide = from === 'absent' ? tooWide(to.document) : undefined;
  if (wide !== undefined)
    return err({
      kind: 'refused',
      call: 'iam:PutRolePolicy',
      name: 'Refused',
      message: `the policy ${t.policyName} is not written: ${wide}`,
    });
  const put = await aws.call('iam:PutRolePolicy', { ...of(t), PolicyDocument: to.document });
  return put.ok ? ok(undefined) : put;
}

/** Statements shown in full; whoever approves more than these reads the command. */
const shownStatements = 6;
function show(one: Value): string {
  if (one === 'absent') return 'no policy';
  const all = spokenStatements(one.document);
  const more = all.length > shownStatements ? `, and ${all.length - shownStatements} more statements` : '';
  return oneLine(`${all.slice(0, shownStatements).join('; ')}${more}`);
}

export default setting({
  id: 'role-policy',
  title: 'An inline policy of a role',
  target,
  value,
  calls: { read: ['iam:GetRolePolicy'], write: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'] },
  race: 'between our read and our write (well under a second): IAM has no revision, and a document is written whole; it is read back after the write. IAM is consistent only after seconds, at times a minute.',
  hand: 'role-policies',
  lockKey: (t: Target) => roleLock(t),
  writesTo: (t: Target) => t.roleArn,
  read,
  write,
  same,
  show: (t: Target, from: Value, to: Value) =>
    oneLine(`role ${nameOf(t)}, inline policy ${t.policyName} (${t.removed}): ${show(from)} → ${show(to)}`),
  inUse: (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, _value: Document, window: Window) => serves(aws, t.stage, window),
  keptWhenUsed: true,
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--role-name ${shell(nameOf(t))} --policy-name ${shell(t.policyName)}`;
    return to === 'absent'
      ? `aws iam delete-role-policy ${on}`
      : `aws iam put-role-policy ${on} --policy-document ${shell(oneLine(to.document))}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.document)),
});

/** The policy in the languages infrastructure is written in; JSON is YAML too, and HCL reads it but for `${`. */
function lasting(t: Target, document: string): readonly Snippet[] {
  const [role, policy] = [JSON.stringify(nameOf(t)), JSON.stringify(t.policyName)];
  return [
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `RestoredPolicy:\n  Type: AWS::IAM::RolePolicy\n  Properties:\n    RoleName: ${role}\n    PolicyName: ${policy}\n    PolicyDocument: ${document}`,
    },
    {
      title: 'CDK',
      language: 'typescript',
      code: `new iam.CfnRolePolicy(this, 'RestoredPolicy', {\n  roleName: ${role},\n  policyName: ${policy},\n  policyDocument: ${document},\n});`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `resource "aws_iam_role_policy" "restored" {\n  name   = ${policy}\n  role   = ${role}\n  policy = jsonencode(${document.replaceAll('${', () => '$${')})\n}`,
    },
  ];
}
