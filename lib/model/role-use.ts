// Which roles the gateway assumes for a stage, and what each is needed for: by the deployed integrations and authorizers. Pure.
import { functionArn, type StageRef } from './api.ts';
import type { DeployedApi } from './kinds/api.ts';
import { invokeAction } from './policy.ts';
import { iamActionOf, serviceCallsOf } from './service-call.ts';

export interface RoleUse {
  readonly role: string;
  readonly needs: readonly { readonly action: string; readonly resource: string }[];
}

/** A role's name without its path: what IAM's calls take. */
export const roleName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** At most this many roles of a stage are looked at. */
export const rolesLookedAt = 3;

/** The roles of a deployment, each once, with what they are needed for. The caller's own credentials (`arn:aws:iam::*:user/*`) are nobody's role. */
export function roleUses(api: DeployedApi, at: StageRef): readonly RoleUse[] {
  const uses = [...ofServices(api, at), ...ofFunctions(api)].filter(({ role }) => role.includes(':role/'));
  const roles = [...new Set(uses.map(({ role }) => role))];
  return roles.slice(0, rolesLookedAt).map((role) => {
    const needs = uses.filter((u) => u.role === role).flatMap((u) => (u.need ? [u.need] : []));
    return { role, needs: [...new Map(needs.map((n) => [`${n.action} ${n.resource}`, n])).values()] };
  });
}

interface Use {
  readonly role: string;
  readonly need?: RoleUse['needs'][number];
}

function ofServices(api: DeployedApi, at: StageRef): readonly Use[] {
  return serviceCallsOf(api, at).flatMap((call) => {
    const action = iamActionOf(call);
    const need = action !== undefined && call.target ? { need: { action, resource: call.target.arn } } : {};
    return call.credentials === undefined ? [] : [{ role: call.credentials, ...need }];
  });
}

function ofFunctions(api: DeployedApi): readonly Use[] {
  return [...api.routes.map((r) => r.integration), ...(api.authorizers ?? [])].flatMap((i) =>
    i?.credentials !== undefined && i.function
      ? [{ role: i.credentials, need: { action: invokeAction, resource: functionArn(i.function) } }]
      : [],
  );
}
