// Functions that are called with a role instead of by their own policy: then the role decides. Its failure is a missing permission too, but no
// statement on the function mends it, so these facts name no function to the fix that adds one.
import { roleName } from '../../model/role-use.ts';
import { bash, listed, shell } from '../../model/advice.ts';
import { allowInCode, trustInCode } from './code-of-functions.ts';
import { functionArn, functionKey, parseFunctionArn, type StageRef } from '../../model/api.ts';
import { burstOf, faultOf } from '../../model/burst.ts';
import { agreeing, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Verdict } from '../../model/cause.ts';
import { functionsOf, nameOf, type DeployedFunction } from '../../model/deployed.ts';
import type { EvidenceRef, EvidenceSet, MissingRef } from '../../model/evidence.ts';
import type { PermissionFacts } from '../../model/facts/lambda.ts';
import { invokeAction } from '../../model/policy.ts';
import { judgeRole } from './role-judge.ts';
import { lineWith } from './upstream.ts';

type Seen = EvidenceSet<'deployedApi' | 'roles' | 'gatewayMetrics' | 'functionMetrics' | 'executionLog' | 'accessLog'>;
type RoleFault = NonNullable<PermissionFacts['roles']>[number];

/** How the gateway says that a role does not let it through (messages.md §2, §6, §9). */
const texts = ['permission to assume the provided role', 'permissions to assume the IAM role', 'have permissions to call the integration'];

/** The functions of a deployment that are called with a role, with those routes only. */
const byRole = (e: Seen): readonly (DeployedFunction & { readonly role: string })[] =>
  e.deployedApi.state === 'missing'
    ? []
    : functionsOf(e.deployedApi.value).flatMap((f) => {
        const routes = f.routes.filter((r) => r.integration.credentials?.includes(':role/'));
        const roles = [...new Set(routes.flatMap((r) => r.integration.credentials ?? []))];
        return roles.map((role) => ({ ...f, role, routes: routes.filter((r) => r.integration.credentials === role) }));
      });

/** The gateway speaks of a role, and the definition is a report's fragment that leads to a function: then that role is the function's. */
export const roleSuspected = (e: Seen, at: StageRef): boolean =>
  // only REST's AWS_PROXY is Lambda and nothing else
  at.apiType === 'REST' &&
  e.deployedApi.state === 'got' &&
  e.deployedApi.value.partial === true &&
  functionsOf(e.deployedApi.value).length > 0 &&
  lineWith(e, (text) => texts.slice(0, 2).some((t) => text.includes(t))) !== undefined;

const needOf = ({ ref: called }: DeployedFunction) => ({ action: invokeAction, resource: functionArn(called) });

/** The verdict on those roles; undefined where no function is called with one. */
export function roleVerdict(e: Seen): Verdict<PermissionFacts> | undefined {
  const functions = byRole(e);
  if (functions.length === 0 || e.deployedApi.state === 'missing') return undefined;
  const judged = functions.map((f) => ({
    f,
    ...judgeRole(e, { role: f.role, action: invokeAction, resource: functionArn(f.ref) }, undefined),
  }));
  const barred = judged.flatMap(({ f, barred: b }) =>
    b ? [{ f, fact: { role: f.role, ...b, needs: needOf(f), routes: f.routes.map(nameOf) } satisfies RoleFault }] : [],
  );
  if (barred.length === 0) {
    const open = judged.flatMap((j): readonly MissingRef[] => (j.open ? [j.open] : []));
    return open.length > 0
      ? unproven(...open)
      : ruledOut(ref('roles', e.roles, 'IAM lets the gateway call the functions with their roles'));
  }
  const burst = burstOf(e.deployedApi.value, e.gatewayMetrics, e.functionMetrics);
  const said = lineWith(e, (text) => texts.some((t) => text.includes(t))) !== undefined;
  const blamed = barred.filter(({ f }) => faultOf(burst, said, e.functionMetrics)(f));
  const facts: PermissionFacts = { functions: [], roles: (blamed.length > 0 ? blamed : barred).map((b) => b.fact) };
  if (blamed.length === 0)
    return agreeing(
      facts,
      lacking(
        'gatewayMetrics',
        e.gatewayMetrics,
        'a role does not let the gateway through; whether its routes are the ones that fail is not seen',
      ),
    );
  return confirmed(
    facts,
    blamed.map((b) => ref('roles', e.roles, b.fact.says)),
    burst?.unexplained,
  );
}

/** The functions that were called with these roles, by their keys. */
export const calledByRole = (roles: readonly RoleFault[]): readonly string[] => [
  ...new Set(
    roles.flatMap(({ needs }) => {
      const called = parseFunctionArn(needs.resource);
      return called ? [functionKey(called)] : [];
    }),
  ),
];
/** Roles that IAM still says do not let the gateway through. */
export const stillBarred = (e: Seen, roles: readonly RoleFault[]): readonly EvidenceRef[] =>
  roles.flatMap(({ role, needs }) => {
    const { barred } = judgeRole(e, { role, ...needs }, undefined);
    return barred ? [ref('roles', e.roles, barred.says)] : [];
  });

/** The missing half, by hand and in code; a denial is its owner's to take away. */
function mendRole({ role, why, needs }: RoleFault): Advice['snippets'] {
  const name = roleName(role);
  if (why === 'not-trusted' || why === 'trust-condition') return trustInCode(name);
  if (why !== 'no-statement') return [];
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: needs.action, Resource: needs.resource }] };
  return [
    bash(
      `Let ${name} do ${needs.action}`,
      `aws iam put-role-policy --role-name ${shell(name)} --policy-name by-hand --policy-document ${shell(JSON.stringify(policy))}`,
    ),
    ...allowInCode(name, needs.action, needs.resource),
  ];
}

/** What mends a role: no statement on the function does. */
export function roleAdvice(role: RoleFault): Advice {
  return {
    summary: `${listed(role.routes.slice(0, 3))} ${role.routes.length === 1 ? 'is' : 'are'} called with a role, and ${role.says}.`,
    steps: [
      'Mend the role: its trust policy must let apigateway.amazonaws.com assume it, without a condition on aws:SourceAccount, and its policies must allow lambda:InvokeFunction.',
      'Or take the role away from the integration, let the function’s own policy decide, and deploy. A statement on the function alone changes nothing while the role is there.',
    ],
    snippets: [
      bash(
        'See who may assume the role',
        `aws iam get-role --role-name ${shell(role.role.split('/').at(-1) ?? '')} --query Role.AssumeRolePolicyDocument`,
      ),
      ...mendRole(role),
    ],
  };
}
