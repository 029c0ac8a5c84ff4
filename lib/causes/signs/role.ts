// May API Gateway assume this role? Its trust policy, evaluated with the keys the gateway really sends: none. A condition on the
// source account, right as it reads, shuts the gateway out (messages.md §9, corrections). Pure.
import type { PolicyStatement } from '../../model/kinds/function.ts';
import { gatewayPrincipal, glob } from '../../model/policy.ts';

/** `conditioned`: the gateway is trusted only under a condition whose key it does not send. */
export type MayAssume = 'allowed' | 'notTrusted' | 'conditioned' | 'denied' | 'unclear';

const assume = 'sts:AssumeRole';

/** Whether the gateway may assume a role with these trust statements. */
export function mayAssume(trust: readonly PolicyStatement[]): MayAssume {
  const ours = trust.filter((s) => namesGateway(s) && s.actions.some((a) => glob(a.toLowerCase(), assume.toLowerCase())));
  const answers = ours.map((s) => ({ effect: s.effect, holds: holds(s) }));
  const has = (effect: 'Allow' | 'Deny', is: Holds): boolean => answers.some((a) => a.effect === effect && a.holds === is);
  if (has('Deny', 'yes')) return 'denied';
  if (has('Deny', 'unclear')) return 'unclear';
  if (has('Allow', 'yes')) return 'allowed';
  if (has('Allow', 'unclear')) return 'unclear';
  return has('Allow', 'no') ? 'conditioned' : 'notTrusted';
}

const namesGateway = (s: PolicyStatement): boolean => s.principals.some((p) => p === '*' || p === gatewayPrincipal);

/** Condition keys that the gateway does not send when it assumes a role (messages.md §9: seen for the source account; it knows no external id). */
const notSent = new Set(['aws:sourceaccount', 'sts:externalid']);

type Holds = 'yes' | 'no' | 'unclear';
function holds(s: PolicyStatement): Holds {
  const parts = Object.entries(s.conditions).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => one(operator.toLowerCase(), key)),
  );
  return parts.includes('no') ? 'no' : parts.includes('unclear') ? 'unclear' : 'yes';
}

/** A key that is not sent fails a positive test, and passes a negated one and any `…IfExists` (IAM, "Condition operators"). */
function one(operator: string, key: string): Holds {
  if (!notSent.has(key.toLowerCase()) || operator === 'null') return 'unclear';
  return operator.endsWith('ifexists') || operator.includes('not') ? 'yes' : 'no';
}

/** `true` where a policy speaks against this role on this action by name; `undefined` where a condition decides it. */
export function targetDenies(statements: readonly PolicyStatement[], role: string, action: string): boolean | undefined {
  const against = statements.filter(
    (s) => s.effect === 'Deny' && s.actions.some((a) => glob(a.toLowerCase(), action.toLowerCase())) && names(s, role),
  );
  if (against.some((s) => Object.keys(s.conditions).length === 0)) return true;
  return against.length > 0 ? undefined : false;
}
/** `true` where the target's own policy lets this role do it, whatever the role's policies leave out (one account). */
export const targetAllows = (statements: readonly PolicyStatement[], role: string, action: string): boolean =>
  statements.some((s) => s.effect === 'Allow' && s.actions.some((a) => glob(a.toLowerCase(), action.toLowerCase())) && names(s, role));

const names = (s: PolicyStatement, role: string): boolean =>
  s.principals.some((p) => p === '*' || p === role || p === role.split(':')[4] || p === `arn:aws:iam::${role.split(':')[4] ?? ''}:root`);
