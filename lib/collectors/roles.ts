// The roles that the gateway assumes to call what stands behind the stage: who may assume them, and IAM's own answer to whether they may
// do what the deployed integrations ask for.
import type { Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { RoleFact, Roles } from '../model/kinds/direct.ts';
import { roleUses, rolesLookedAt, type RoleUse } from '../model/role-use.ts';
import { ok, type Result } from '../model/result.ts';
import { collector } from './collector.ts';
import { partly } from './reading/per-function.ts';
import { nameOfRole, readRole, simulate } from './reading/role.ts';

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
  const name = nameOfRole(role, at);
  if (!name.ok) return name;
  const read = await readRole(aws, name.value);
  if (!read.ok) return read;
  if (!read.value.exists) return ok({ ...read.value, may: [] });
  const simulated = await Promise.all(needs.slice(0, needsAsked).map((need) => simulate(aws, role, need)));
  const refused = simulated.find((s) => !s.ok);
  return ok({
    ...read.value,
    may: simulated.flatMap((s) => (s.ok ? [s.value] : [])),
    ...(refused && !refused.ok ? { notSimulated: refused.error } : {}),
  });
}
