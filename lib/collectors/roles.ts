// The roles that the gateway assumes to call what stands behind the stage: who may assume them, and IAM's own answer to whether they may
// do what the deployed integrations ask for.
import type { Answer, Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import { asObject } from '../model/json.ts';
import type { Decision, RoleFact, Roles, SimulatedAction } from '../model/kinds/direct.ts';
import { parsePolicy } from '../model/policy.ts';
import { roleUses, rolesLookedAt, type RoleUse } from '../model/role-use.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    roles: Roles;
  }
}

const calls = ['iam:GetRole', 'iam:SimulatePrincipalPolicy'] as const;
type Calls = (typeof calls)[number];
/** Actions asked of one role, each in a call of its own: IAM pairs every action of a call with every resource. */
const needsAsked = 2;

export default collector({
  kind: 'roles',
  title: 'Roles the gateway assumes',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: rolesLookedAt * (1 + needsAsked),
  async read(aws, { at, have, now }) {
    const api = have.deployedApi;
    if (api.state === 'missing') return missing(api.why, `which roles the routes are called with is not known: ${api.detail}`);
    const uses = roleUses(api.value, at);
    if (uses.length === 0) return missing('empty', 'no deployed route is called with a role');
    const read = await Promise.all(uses.map(async (use) => ({ role: use.role, answer: await one(aws, use, at) })));
    const roles = Object.fromEntries(read.flatMap(({ role, answer }) => (answer.ok ? [[role, answer.value]] : [])));
    const without = Object.fromEntries(read.flatMap(({ role, answer }) => (answer.ok ? [] : [[role, answer.error]])));
    const first = Object.values(without)[0];
    if (Object.keys(roles).length === 0 && first) return first;
    return got({ roles, ...partly(without) }, { from: now, to: now }, 'aws');
  },
});

async function one(aws: Aws<Calls>, { role, needs }: RoleUse, at: StageRef): Promise<Result<RoleFact, Missing>> {
  const [, accountId, name] = /^arn:aws[\w-]{0,10}:iam::(\d{12}):role\/(?:.{0,512}\/)?([\w+=,.@-]{1,64})$/.exec(role) ?? [];
  if (accountId === undefined || name === undefined) return err(missing('empty', `${role} is no role that can be read`));
  // placeholders of recorded cases have an account of zeros, and any role is taken to be theirs
  if (accountId !== at.accountId && !/^0+$/.test(at.accountId)) return err(missing('denied', `${role} belongs to another account`));
  const asked = await aws.call('iam:GetRole', { RoleName: name });
  if (!asked.ok) return asked.error.kind === 'gone' ? ok({ exists: false, may: [] }) : err(notHad(asked.error));
  const trust = trustOf(asked.value);
  const boundary = asked.value.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  const simulated = await Promise.all(needs.slice(0, needsAsked).map((need) => simulate(aws, role, need)));
  const refused = simulated.find((s) => !s.ok);
  return ok({
    exists: true,
    ...(trust ? { trust } : {}),
    ...(boundary === undefined ? {} : { boundary }),
    may: simulated.flatMap((s) => (s.ok ? [s.value] : [])),
    ...(refused && !refused.ok ? { notSimulated: refused.error } : {}),
  });
}

/** The trust policy comes URL-encoded (IAM API, Role); SDKs and reports may have decoded it. */
function trustOf(answer: Extract<Answer<'iam:GetRole'>, { ok: true }>['value']): RoleFact['trust'] {
  const text: unknown = answer.Role?.AssumeRolePolicyDocument;
  if (asObject(text)) return parsePolicy(JSON.stringify(text));
  if (typeof text !== 'string') return undefined;
  try {
    return parsePolicy(text.trimStart().startsWith('{') ? text : decodeURIComponent(text));
  } catch {
    return undefined; // a stray percent sign: a document nobody can read
  }
}

async function simulate(aws: Aws<Calls>, role: string, need: RoleUse['needs'][number]): Promise<Result<SimulatedAction, Missing>> {
  const asked = await aws.call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: role,
    ActionNames: [need.action],
    ResourceArns: [need.resource],
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
