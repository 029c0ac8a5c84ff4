// What several collectors ask about a role: IAM for what it is and what it may do, CloudTrail for who wrote its policies.
import type { Answer, Aws } from '../../aws/calls.ts';
import type { StageRef } from '../../model/api.ts';
import { missing, type Missing, type Window } from '../../model/evidence.ts';
import { asObject, asText } from '../../model/json.ts';
import type { Decision, RoleFact, SimulatedAction } from '../../model/kinds/direct.ts';
import type { PolicyWrite, RoleHistory } from '../../model/kinds/removal.ts';
import { decodedPolicy, parsePolicy } from '../../model/policy.ts';
import type { Need } from '../../model/removed-policy.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { minuteMs } from '../../model/series.ts';
import { notHad } from '../collector.ts';
import { recordsOf, type TrailRecord } from './trail.ts';

/** CloudTrail keeps 90 days (evidence.md §6): a policy may have been written once, long ago. */
export const trailReachMs = 90 * 24 * 60 * minuteMs;
/** Records arrive 5 to 15 minutes after the call, sometimes later (evidence.md §6). */
export const trailLagMs = 15 * minuteMs;
/** Pages of records read of one role. */
export const trailPages = 2;

/** The name IAM takes, of a role of the stage's own account; missing, with why, for any other. */
export function nameOfRole(role: string, at: StageRef): Result<string, Missing> {
  const [, accountId, name] = /^arn:aws[\w-]{0,10}:iam::(\d{12}):role\/(?:.{0,512}\/)?([\w+=,.@-]{1,64})$/.exec(role) ?? [];
  if (accountId === undefined || name === undefined) return err(missing('empty', `${role} is no role that can be read`));
  // placeholders of recorded cases have an account of zeros, and any role is taken to be theirs
  return accountId !== at.accountId && !/^0+$/.test(at.accountId) ? err(missing('denied', `${role} belongs to another account`)) : ok(name);
}

/** Trust and boundary of a role; "not found" is an answer. */
export async function readRole(aws: Aws<'iam:GetRole'>, name: string): Promise<Result<Omit<RoleFact, 'may'>, Missing>> {
  const asked = await aws.call('iam:GetRole', { RoleName: name });
  if (!asked.ok) return asked.error.kind === 'gone' ? ok({ exists: false }) : err(notHad(asked.error));
  const trust = trustOf(asked.value);
  const boundary = asked.value.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  return ok({ exists: true, ...(trust ? { trust } : {}), ...(boundary === undefined ? {} : { boundary }) });
}

function trustOf(answer: Extract<Answer<'iam:GetRole'>, { ok: true }>['value']): RoleFact['trust'] {
  const text: unknown = answer.Role?.AssumeRolePolicyDocument;
  const document = asObject(text) ? JSON.stringify(text) : decodedPolicy(text);
  return document === undefined ? undefined : parsePolicy(document);
}

/** IAM's own answer to whether the role may do this; with `document` beside what it has, where one is given. One action a call: IAM pairs each with every resource. */
export async function simulate(
  aws: Aws<'iam:SimulatePrincipalPolicy'>,
  role: string,
  need: Need,
  document?: string,
): Promise<Result<SimulatedAction, Missing>> {
  const asked = await aws.call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: role,
    ActionNames: [need.action],
    ResourceArns: [need.resource],
    ...(document === undefined ? {} : { PolicyInputList: [document] }),
  });
  if (!asked.ok) return err(notHad(asked.error));
  const result = asked.value.EvaluationResults?.[0];
  const decision = decisions[result?.EvalDecision ?? ''];
  if (!result || !decision) return err(missing('empty', `iam:SimulatePrincipalPolicy gave no decision on ${need.action}`));
  const unsure = decision !== 'allowed' && (result.MissingContextValues ?? []).length > 0;
  return ok({ ...need, decision: unsure ? 'conditioned' : decision, ...byWhom(result) });
}
const decisions: Readonly<Record<string, Decision>> = { allowed: 'allowed', implicitDeny: 'implicitDeny', explicitDeny: 'explicitDeny' };

type Simulated = NonNullable<Extract<Answer<'iam:SimulatePrincipalPolicy'>, { ok: true }>['value']['EvaluationResults']>[number];
function byWhom(result: Simulated): Pick<SimulatedAction, 'by'> {
  if (result?.OrganizationsDecisionDetail?.AllowedByOrganizations === false) return { by: 'organization' };
  return result?.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false ? { by: 'boundary' } : {};
}

/** What IAM answered with a removed policy beside what the role has. */
export const triedOf = (policy: string, { action, resource, decision }: SimulatedAction): RoleHistory['tried'][number] => ({
  policy,
  action,
  resource,
  decision,
});

/** Writes of a role's policies, newest first, as CloudTrail recorded them: of IAM in us-east-1, whichever the stage's Region. */
export async function policyWrites(
  aws: Aws<'cloudtrail:LookupGlobalEvents'>,
  name: string,
  span: Window,
): Promise<Result<readonly PolicyWrite[], Missing>> {
  const read = await recordsOf((input) => aws.call('cloudtrail:LookupGlobalEvents', input), name, span, trailPages);
  return read.ok ? ok(read.value.flatMap((record) => writeOf(record, name))) : err(notHad(read.error));
}

const named: Readonly<Record<string, PolicyWrite['what']>> = {
  PutRolePolicy: 'put',
  DeleteRolePolicy: 'deleted',
  AttachRolePolicy: 'attached',
  DetachRolePolicy: 'detached',
};

function writeOf({ at, by, name, parameters }: TrailRecord, role: string): readonly PolicyWrite[] {
  const what = named[name];
  const policy = asText(parameters[what === 'attached' || what === 'detached' ? 'policyArn' : 'policyName']);
  // a lookup by name finds roles, users and policies of that name
  if (!what || policy === undefined || parameters['roleName'] !== role) return [];
  const document = asText(parameters['policyDocument']);
  return [{ at, by, what, policy, ...(what === 'put' && document !== undefined ? { document } : {}) }];
}

/** Calls to read what a detached policy says: of one policy of a role, the one that went last. */
export const detachedReads = 2;

/** The writes with what the managed policy says that was detached last and since then: no record holds that, IAM does. */
export async function withDetached(
  aws: Aws<'iam:GetPolicy' | 'iam:GetPolicyVersion'>,
  writes: readonly PolicyWrite[],
  since = -Infinity,
): Promise<Pick<RoleHistory, 'writes' | 'unread'>> {
  const newest = writes.toSorted((a, b) => b.at - a.at);
  const last = newest.find((w) => w.what === 'detached' && w.at >= since && newest.find((one) => one.policy === w.policy) === w);
  if (!last) return { writes };
  const read = await documentOf(aws, last.policy);
  return read.ok ? { writes: writes.map((w) => (w === last ? { ...w, ...read.value } : w)) } : { writes, unread: read.error };
}

async function documentOf(
  aws: Aws<'iam:GetPolicy' | 'iam:GetPolicyVersion'>,
  arn: string,
): Promise<Result<{ readonly document: string; readonly version: string }, Missing>> {
  const policy = await aws.call('iam:GetPolicy', { PolicyArn: arn });
  if (!policy.ok) return err(notHad(policy.error));
  const version = policy.value.Policy?.DefaultVersionId;
  if (version === undefined) return err(missing('empty', `iam:GetPolicy names no version of ${arn}`));
  const read = await aws.call('iam:GetPolicyVersion', { PolicyArn: arn, VersionId: version });
  if (!read.ok) return err(notHad(read.error));
  const document = decodedPolicy(read.value.PolicyVersion?.Document);
  return document === undefined ? err(missing('empty', `what ${arn} says cannot be read`)) : ok({ document, version });
}
