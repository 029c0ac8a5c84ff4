// Who took a permission of a role away, and what it said, by CloudTrail in us-east-1; and IAM's own answer to whether it would help to put it back.
// Only of roles that may not do what the deployment asks of them.
import type { Aws } from '../aws/calls.ts';
import { got, missing, type Missing, type Window } from '../model/evidence.ts';
import type { RoleFact } from '../model/kinds/direct.ts';
import type { RoleHistory, RoleTrail } from '../model/kinds/removal.ts';
import { lacksOnly, removedPolicies } from '../model/removed-policy.ts';
import { ok, type Result } from '../model/result.ts';
import { roleName, rolesLookedAt } from '../model/role-use.ts';
import { minuteMs } from '../model/series.ts';
import { collector } from './collector.ts';
import { partly } from './reading/per-function.ts';
import { detachedReads, policyWrites, simulate, trailLagMs, trailPages, trailReachMs, triedOf, withDetached } from './reading/role.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    roleTrail: RoleTrail;
  }
}

const calls = ['cloudtrail:LookupGlobalEvents', 'iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:SimulatePrincipalPolicy'] as const;
type Calls = (typeof calls)[number];
/** Removed policies of a role that IAM is asked about. */
const triedEach = 2;

export default collector({
  kind: 'roleTrail',
  title: 'Who changed the policies of the roles (CloudTrail)',
  trust: 'aws',
  calls,
  needs: ['roles'],
  round: 'suspect',
  maxCalls: rolesLookedAt * (trailPages + detachedReads + triedEach),
  // two lookups a second for the whole account
  delayMs: rolesLookedAt * trailPages * 500,
  async read(aws, { have, window, now }) {
    if (have.roles.state === 'missing') return missing(have.roles.why, `which roles lack a permission is not known: ${have.roles.detail}`);
    const barred = Object.entries(have.roles.value.roles).filter(([, fact]) => deniedOf(fact).length > 0);
    if (barred.length === 0) return missing('empty', 'no role of the stage lacks a permission');
    const roles: Record<string, RoleHistory> = {};
    const without: Record<string, Missing> = {};
    const span = { from: now - trailReachMs, to: now };
    for (const [role, fact] of barred) {
      const read = await historyOf(aws, role, fact, span);
      if (read.ok) roles[role] = read.value;
      else without[role] = read.error;
    }
    const first = Object.values(without)[0];
    if (Object.keys(roles).length === 0 && first) return first;
    const silent = Object.values(roles).every((r) => r.writes.length === 0);
    return silent && now - window.from < trailLagMs + 10 * minuteMs
      ? missing('late', 'CloudTrail has no record of a change yet; it is 5 to 15 minutes behind')
      : got({ roles, ...partly(without) }, span, 'aws');
  },
});

const deniedOf = (fact: RoleFact): RoleFact['may'] => fact.may.filter(lacksOnly);

async function historyOf(aws: Aws<Calls>, role: string, fact: RoleFact, span: Window): Promise<Result<RoleHistory, Missing>> {
  const read = await policyWrites(aws, roleName(role), span);
  if (!read.ok) return read;
  const { writes, unread } = await withDetached(aws, read.value);
  const tried = await Promise.all(
    removedPolicies({ writes })
      .slice(0, triedEach)
      .flatMap(({ policy, document }) =>
        deniedOf(fact)
          .slice(0, 1)
          .map(async ({ action, resource }) => ({ policy, asked: await simulate(aws, role, { action, resource }, document) })),
      ),
  );
  return ok({
    writes,
    ...(unread ? { unread } : {}),
    tried: tried.flatMap(({ policy, asked }) => (asked.ok ? [triedOf(policy, asked.value)] : [])),
  });
}
