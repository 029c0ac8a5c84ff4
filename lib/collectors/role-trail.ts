// Who took a permission of a role away, and what it said, by CloudTrail in us-east-1; and IAM's own answer to whether it would help to put it back.
// Only of roles that may not do what the deployment asks of them.
import type { Aws } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import { asText } from '../model/json.ts';
import type { Decision, RoleFact } from '../model/kinds/direct.ts';
import type { PolicyWrite, RoleHistory, RoleTrail } from '../model/kinds/removal.ts';
import { removedPolicies } from '../model/removed-policy.ts';
import { err, ok, type Result } from '../model/result.ts';
import { rolesLookedAt } from '../model/role-use.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';
import { recordsOf, type TrailRecord } from './reading/trail.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    roleTrail: RoleTrail;
  }
}

const calls = ['cloudtrail:LookupGlobalEvents', 'iam:SimulatePrincipalPolicy'] as const;
type Calls = (typeof calls)[number];
/** CloudTrail keeps 90 days (evidence.md §6): a policy may have been written once, long ago. */
const reachMs = 90 * 24 * 60 * minuteMs;
/** Records arrive 5 to 15 minutes after the call, sometimes later (evidence.md §6). */
const lagMs = 15 * minuteMs;
const pagesEach = 2;
/** Removed policies of a role that IAM is asked about. */
const triedEach = 2;

export default collector({
  kind: 'roleTrail',
  title: 'Who changed the policies of the roles (CloudTrail)',
  trust: 'aws',
  calls,
  needs: ['roles'],
  round: 'suspect',
  maxCalls: rolesLookedAt * (pagesEach + triedEach),
  // two lookups a second for the whole account
  delayMs: rolesLookedAt * pagesEach * 500,
  async read(aws, { have, window, now }) {
    if (have.roles.state === 'missing') return missing(have.roles.why, `which roles lack a permission is not known: ${have.roles.detail}`);
    const barred = Object.entries(have.roles.value.roles).filter(([, fact]) => deniedOf(fact).length > 0);
    if (barred.length === 0) return missing('empty', 'no role of the stage lacks a permission');
    const roles: Record<string, RoleHistory> = {};
    const without: Record<string, Missing> = {};
    const span = { from: now - reachMs, to: now };
    for (const [role, fact] of barred) {
      const read = await historyOf(aws, role, fact, span);
      if (read.ok) roles[role] = read.value;
      else without[role] = read.error;
    }
    const first = Object.values(without)[0];
    if (Object.keys(roles).length === 0 && first) return first;
    const silent = Object.values(roles).every((r) => r.writes.length === 0);
    return silent && now - window.from < lagMs + 10 * minuteMs
      ? missing('late', 'CloudTrail has no record of a change yet; it is 5 to 15 minutes behind')
      : got({ roles, ...partly(without) }, span, 'aws');
  },
});

const deniedOf = (fact: RoleFact): RoleFact['may'] => fact.may.filter((m) => m.decision === 'implicitDeny' && m.by === undefined);

async function historyOf(
  aws: Aws<Calls>,
  role: string,
  fact: RoleFact,
  span: { readonly from: number; readonly to: number },
): Promise<Result<RoleHistory, Missing>> {
  const name = role.split('/').at(-1) ?? role;
  const read = await recordsOf((input) => aws.call('cloudtrail:LookupGlobalEvents', input), name, span, pagesEach);
  if (!read.ok) return err(notHad(read.error));
  const writes = read.value.flatMap((record) => writeOf(record, name));
  const removed = removedPolicies({ writes }).slice(0, triedEach);
  const tried = await Promise.all(
    removed.flatMap(({ policy, document }) =>
      deniedOf(fact)
        .slice(0, 1)
        .map(async ({ action, resource }) => ({ policy, action, resource, decision: await decide(aws, role, document, action, resource) })),
    ),
  );
  return ok({ writes, tried: tried.flatMap(({ decision, ...one }) => (decision === undefined ? [] : [{ ...one, decision }])) });
}

const named: Readonly<Record<string, PolicyWrite['what']>> = { PutRolePolicy: 'put', DeleteRolePolicy: 'deleted' };

function writeOf({ at, by, name, parameters }: TrailRecord, role: string): readonly PolicyWrite[] {
  const what = named[name];
  const policy = asText(parameters['policyName']);
  // a lookup by name finds roles, users and policies of that name
  if (!what || policy === undefined || parameters['roleName'] !== role) return [];
  const document = asText(parameters['policyDocument']);
  return [{ at, by, what, policy, ...(what === 'put' && document !== undefined ? { document } : {}) }];
}

/** IAM's answer with the document beside what the role has; undefined where it gave none. */
async function decide(aws: Aws<Calls>, role: string, document: string, action: string, resource: string): Promise<Decision | undefined> {
  const asked = await aws.call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: role,
    ActionNames: [action],
    ResourceArns: [resource],
    PolicyInputList: [document],
  });
  const result = asked.ok ? asked.value.EvaluationResults?.[0] : undefined;
  const decision = decisions[result?.EvalDecision ?? ''];
  return decision !== 'allowed' && (result?.MissingContextValues ?? []).length > 0 ? 'conditioned' : decision;
}
const decisions: Readonly<Record<string, Decision>> = { allowed: 'allowed', implicitDeny: 'implicitDeny', explicitDeny: 'explicitDeny' };
