// Is the gateway let through with this role? Its trust, IAM's simulation and the target's own policy, as one answer; shared by calls to
// services and to functions that are made with a role.
import { roleName } from '../../model/role-use.ts';
import { lacking } from '../../model/cause.ts';
import type { EvidenceSet, MissingRef } from '../../model/evidence.ts';
import type { DeniedWhy } from '../../model/facts/direct.ts';
import type { RoleFact, SimulatedAction, TargetFact } from '../../model/kinds/direct.ts';
import { mayAssume, targetAllows, targetDenies } from './role.ts';

export interface Barred {
  readonly why: DeniedWhy;
  readonly says: string;
}
export interface RoleAnswer {
  readonly barred?: Barred;
  /** What keeps the answer open. */
  readonly open?: MissingRef;
}
export interface RoleNeed {
  readonly role: string;
  readonly action?: string;
  readonly resource?: string;
}

/** What stands between the gateway and the call; neither `barred` nor `open` where it is let through. */
export function judgeRole(e: EvidenceSet<'roles'>, need: RoleNeed, target: TargetFact | undefined): RoleAnswer {
  const fact = e.roles.state === 'got' ? e.roles.value.roles[need.role] : undefined;
  if (!fact) return { open: lacking('roles', e.roles, e.roles.state === 'got' ? `${need.role} could not be read` : undefined) };
  const shut = atTheDoor(need.role, fact);
  if (shut) return { barred: shut };
  const kept = need.action === undefined ? undefined : inside(need.role, need.action, fact, target);
  if (kept) return { barred: kept };
  return openIn(e, need, fact, target);
}

function atTheDoor(role: string, fact: RoleFact): Barred | undefined {
  if (!fact.exists) return { why: 'no-role', says: `IAM has no role ${role}` };
  switch (fact.trust && mayAssume(fact.trust)) {
    case 'notTrusted':
      return { why: 'not-trusted', says: `the role ${roleName(role)} does not trust apigateway.amazonaws.com` };
    case 'conditioned':
      return {
        why: 'trust-condition',
        says: `the role ${roleName(role)} trusts API Gateway only under a condition whose key (such as aws:SourceAccount) the gateway does not send`,
      };
    case 'denied':
      return { why: 'not-trusted', says: `the trust policy of the role ${roleName(role)} denies API Gateway` };
    default:
      return undefined;
  }
}

function inside(role: string, action: string, fact: RoleFact, target: TargetFact | undefined): Barred | undefined {
  if (target?.statements && targetDenies(target.statements, role, action) === true)
    return { why: 'target-policy', says: `the target's own policy denies ${action} to the role ${roleName(role)}` };
  const said = fact.may.find((m) => m.action === action);
  if (said?.decision === 'explicitDeny')
    return { why: said.by ?? 'explicit-deny', says: `${byWhom(said)} denies ${action} on ${said.resource} to the role ${roleName(role)}` };
  if (said?.decision !== 'implicitDeny' || (target?.statements && targetAllows(target.statements, role, action))) return undefined;
  return {
    why: said.by ?? 'no-statement',
    says: `no policy of the role ${roleName(role)} allows ${action} on ${said.resource}${said.by ? ` (${byWhom(said)})` : ''}`,
  };
}
const byWhom = (said: SimulatedAction): string =>
  said.by === 'organization'
    ? 'a policy of the organization'
    : said.by === 'boundary'
      ? 'its permissions boundary'
      : 'a statement of its policies';

function openIn(e: EvidenceSet<'roles'>, need: RoleNeed, fact: RoleFact, target: TargetFact | undefined): RoleAnswer {
  const said = fact.may.find((m) => m.action === need.action);
  if (fact.trust === undefined || mayAssume(fact.trust) === 'unclear')
    return { open: lacking('roles', e.roles, `whether ${roleName(need.role)} trusts the gateway cannot be told`) };
  if (fact.notSimulated) return { open: { kind: 'roles', why: fact.notSimulated.why, detail: fact.notSimulated.detail } };
  if (!said || said.decision === 'conditioned')
    return {
      open: lacking(
        'roles',
        e.roles,
        `whether ${roleName(need.role)} may do ${need.action ?? 'what the integration asks for'} cannot be told`,
      ),
    };
  if (target?.ownKey)
    return { open: lacking('roles', e.roles, 'the target is encrypted with a key of its own, whose policy was not looked at') };
  return {};
}
