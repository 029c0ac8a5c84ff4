// Puts back the statements that let API Gateway call a function: all deployed routes of that function and qualifier in one go.
// Unasked only on positive proof that a deploy took them away, because a person may have shut the door on purpose.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { functionKey, type FunctionRef, type StageRef } from '../model/api.ts';
import { absent, fix, type Change, type Objection, type PlanInput, type Refusal, type UnaskedInput } from '../model/change.ts';
import type { BarredRoute, PermissionFacts } from '../model/facts/lambda.ts';
import { gatewayPrincipal, invokeAction } from '../model/policy.ts';
import { covers, removalsOf, type Grant } from '../model/removal.ts';
import { err, ok, type Result } from '../model/result.ts';
import invokePermission, {
  ownPrefix,
  policyLimitBytes,
  statementBytes,
  type InvokePermission,
  type InvokePermissionTarget,
} from '../settings/invoke-permission.ts';
import { lookAgainMs, objectionsTo } from './steps/removal-proof.ts';

type Kind = 'deployedApi' | 'functionPolicy' | 'stackEvents' | 'changeTrail' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;
type Ask = UnaskedInput<Kind>;
type Against = Objection<'settling' | 'not-seen-failing' | 'person-removed' | 'no-proof' | 'not-understood' | 'edited-routes'>;

const ref = v.object({ accountId: v.string(), region: v.string(), name: v.string(), qualifier: v.optional(v.string()) });
const functionFacts = v.object({
  functions: v.array(
    v.object({
      ref,
      explicitDeny: v.boolean(),
      routes: v.array(v.object({ method: v.string(), path: v.string(), sourceArn: v.string() })),
    }),
  ),
});
/** An authorizer is called with a source ARN of its own (`…/authorizers/{id}`), which no statement for routes or the stage covers (fixes.md §1). */
const authorizerFacts = v.object({
  authorizers: v.array(
    v.object({
      name: v.string(),
      ref: v.optional(ref),
      sourceArn: v.optional(v.string()),
      credentials: v.optional(v.string()),
      explicitDeny: v.boolean(),
    }),
  ),
});
/** Above this many routes of one function one statement for the whole stage is written: twenty lines nobody reads, and 20 KB, are worse. */
const routesEach = 5;
/** A deploy's gap may close itself within seconds (fixes.md §1: six seconds at Terraform): nothing is added before this long. */
const settleMs = 60_000;
/** Failing still: metrics show a minute up to three after it began, so a failure may be this old and the newest one seen. */
const stillMs = 5 * 60_000;

type Barred = PermissionFacts['functions'][number];

export default fix<Kind, Against['id']>({
  id: 're-add-invoke-permission',
  title: 'Re-add the permission of API Gateway to call the function',
  about: {
    changes:
      'Adds the missing statements to the policy of the function, alias or version that the deployment names, or of the function that authorizes: what was removed, verbatim, where CloudFormation or CloudTrail knows it and it names this API; else one statement a route, or one for the stage above five routes. A statement Gatemedic did not write is never removed or rewritten.',
    unasked:
      'CloudFormation’s own record, or CloudTrail (by CloudFormation, or by one of the `deployPrincipals`), shows that a deploy removed an equal or broader grant within the hour before the first failure, no other such grant was there, no request succeeded in between, and the stage has failed for 60 seconds and fails still.',
    costs: 'nothing',
  },
  treats: ['lambda-permission-missing', 'authorizer-permission'],
  settings: [invokePermission.id],
  risk: 'if somebody took the permission away on purpose, this opens the way again',
  consent: 'unasked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'functionPolicy', 'stackEvents', 'changeTrail', 'gatewayMetrics'],
  async plan(input) {
    const all = barredIn(input.facts);
    if (!all.ok) return all;
    const changes: Change[] = [];
    for (const barred of all.value) {
      const planned = await planOne(input, barred);
      if (!planned.ok) return planned;
      changes.push(...planned.value);
    }
    return changes.length === 0 ? err({ reason: 'every statement that would be added is there already' }) : ok(changes);
  },
  objections: {
    settling: 'the stage has failed for less than 60 seconds: the deploy may close the gap itself',
    'not-seen-failing': 'no request was seen to fail for five minutes',
    'person-removed': 'a person removed the statement, so it may be on purpose',
    'no-proof': 'nothing proves (yet) that a deploy removed it',
    'not-understood': 'the plan holds a change that is not a permission',
    'edited-routes': 'AWS exports no deployment of a WebSocket API: its routes are known as last edited, not as served',
  },
  unasked,
});

/** exactOptionalPropertyTypes: an absent qualifier stays absent. */
const withRef = ({ qualifier, ...rest }: v.InferOutput<typeof ref>): FunctionRef => ({
  ...rest,
  ...(qualifier === undefined ? {} : { qualifier }),
});

function barredIn(facts: unknown): Result<readonly Barred[], Refusal> {
  const routes = v.safeParse(functionFacts, facts);
  if (routes.success) return ok(routes.output.functions.map((one) => ({ ...one, ref: withRef(one.ref) })));
  const authorizers = v.safeParse(authorizerFacts, facts);
  if (!authorizers.success) return err({ reason: 'the diagnosis does not say which functions lack the permission' });
  const all: Barred[] = [];
  for (const one of authorizers.output.authorizers) {
    if (one.credentials !== undefined)
      return err({ reason: `authorizer ${one.name} is called with the role ${one.credentials}; the resource policy is not what decides` });
    if (!one.ref || one.sourceArn === undefined) return err({ reason: `the function or the id of authorizer ${one.name} is not known` });
    const route = { method: 'authorizer', path: one.name, sourceArn: one.sourceArn };
    all.push({ ref: withRef(one.ref), explicitDeny: one.explicitDeny, routes: [route] });
  }
  return ok(all);
}

async function planOne(input: Plan, barred: Barred): Promise<Result<readonly Change[], Refusal>> {
  const routes = withoutRole(input, barred);
  const refusal = refuse(input, barred, routes);
  if (refusal !== undefined) return err({ reason: refusal });
  const changes: Change[] = [];
  for (const grant of grantsFor(input, barred.ref, routes)) {
    const change = await changeFor(input, barred.ref, grant);
    if (!change.ok) return change;
    if (change.value) changes.push(change.value);
  }
  return ok(changes);
}

function refuse(input: Plan, { ref, explicitDeny }: Barred, routes: readonly BarredRoute[]): string | undefined {
  const name = functionKey(ref);
  if (explicitDeny) return `the policy of ${name} denies API Gateway expressly; an added permission would not help`;
  if (routes.length === 0) return `the integration calls ${name} with a role (credentials); the resource policy is not what decides`;
  if (ref.qualifier === '$LATEST') return `${name} cannot carry a policy: AWS takes none for $LATEST`;
  if (ref.accountId !== input.at.accountId || ref.region !== input.at.region)
    return `${name} belongs to account ${ref.accountId} in ${ref.region}, which is not this one`;
  const size = sizeOf(input, ref) + statementBytes * Math.min(routes.length, routesEach);
  return size > policyLimitBytes ? `the policy of ${name} is too near its limit of 20 KB; remove statements nobody needs` : undefined;
}

function sizeOf({ evidence }: Plan, ref: FunctionRef): number {
  const policy = evidence.functionPolicy.state === 'got' ? evidence.functionPolicy.value.policies[functionKey(ref)] : undefined;
  return policy === undefined || policy === 'absent' ? 0 : policy.sizeBytes;
}

/** Routes whose integration assumes a role are not opened by a resource policy. */
function withoutRole({ evidence }: Plan, barred: Barred): readonly BarredRoute[] {
  if (evidence.deployedApi.state !== 'got') return barred.routes;
  const withRole = new Set(
    evidence.deployedApi.value.routes.filter((r) => r.integration?.credentials !== undefined).map((r) => `${r.method} ${r.path}`),
  );
  return barred.routes.filter((r) => !withRole.has(`${r.method} ${r.path}`));
}

/** What was removed, verbatim, where that is known and names this API; the rest route by route, or the stage as a whole. */
function grantsFor(input: Plan, ref: FunctionRef, routes: readonly BarredRoute[]): readonly Grant[] {
  const removed = distinct(
    removalsOf({ ref, ...input.evidence, deployPrincipals: [] }).flatMap((r) => (r.grant && ofThisApi(r.grant, input.at) ? [r.grant] : [])),
  );
  const useful = removed.filter((g) => routes.some((r) => covers(g, r.sourceArn)));
  const verbatim = useful.filter((g, i) => !useful.some((other, j) => j < i && covers(other, g.sourceArn)));
  const rest = routes.filter((r) => !verbatim.some((g) => covers(g, r.sourceArn)));
  const exact = rest.length > routesEach ? [wholeStage(input.at, rest)] : rest.map((r) => r.sourceArn);
  return [...verbatim, ...[...new Set(exact)].map((sourceArn) => ({ action: invokeAction, principal: gatewayPrincipal, sourceArn }))];
}
const distinct = (grants: readonly Grant[]): readonly Grant[] =>
  grants.filter((g, i) => grants.findIndex((other) => other.sourceArn === g.sourceArn && other.sourceAccount === g.sourceAccount) === i);

/** Never more than one API: a removed statement that let any API call the function is not repeated. */
const ofThisApi = (grant: Grant, at: StageRef): boolean =>
  grant.sourceArn.split(':')[5]?.startsWith(`${at.apiId}/`) === true && grant.sourceArn.split(':')[4] === at.accountId;

/** `arn:…:api/stage/*`, which spans every method and path of the stage. */
function wholeStage(at: StageRef, routes: readonly BarredRoute[]): string {
  const [prefix] = (routes[0]?.sourceArn ?? '').split(`${at.apiId}/`);
  return `${prefix}${at.apiId}/${at.stage}/*`;
}

/** The same function, qualifier and source always give the same id: adding twice is adding once. */
export const statementIdOf = (ref: Pick<FunctionRef, 'name' | 'qualifier'>, sourceArn: string): string =>
  `${ownPrefix}${createHash('sha256')
    .update([ref.name, ref.qualifier ?? '', sourceArn].join('\n'))
    .digest('hex')
    .slice(0, 24)}`;

async function changeFor(input: Plan, ref: FunctionRef, grant: Grant): Promise<Result<Change | undefined, Refusal>> {
  const target: InvokePermissionTarget = {
    accountId: ref.accountId,
    region: ref.region,
    functionName: ref.name,
    ...(ref.qualifier === undefined ? {} : { qualifier: ref.qualifier }),
    statementId: statementIdOf(ref, grant.sourceArn),
  };
  const to: InvokePermission = { ...grant };
  const now = await input.read(invokePermission.id, target);
  if (!now.ok) return now;
  if (now.value.value === absent) return ok({ setting: invokePermission.id, target, from: absent, to });
  const there = v.safeParse(invokePermission.value, now.value.value);
  if (there.success && invokePermission.same(there.output, to)) return ok(undefined);
  return err({ reason: `statement ${target.statementId} of ${functionKey(ref)} is there and says something else; somebody edited it` });
}

function unasked(input: Ask): readonly Against[] {
  const targets = input.changes.flatMap((c) => {
    const [target, to] = [v.safeParse(invokePermission.target, c.target), v.safeParse(invokePermission.value, c.to)];
    return target.success && to.success ? [{ ref: refOf(target.output), sourceArn: to.output.sourceArn ?? '*' }] : [];
  });
  if (targets.length !== input.changes.length)
    return [{ id: 'not-understood', lowersTo: 'ask', says: 'a change of this plan is not a permission' }];
  const each = targets.flatMap(({ ref, sourceArn }) => objectionsTo(input, ref, sourceArn));
  const gap: Against[] =
    input.now - input.firstFailureAt < settleMs
      ? [
          {
            id: 'settling',
            lowersTo: 'wait',
            says: 'a deploy may close the gap itself: the permission is added after 60 seconds of failure',
            untilAt: input.firstFailureAt + settleMs,
          },
        ]
      : [];
  const quiet: Against[] =
    input.now - input.lastFailureAt > stillMs
      ? [
          {
            id: 'not-seen-failing',
            lowersTo: 'wait',
            says: 'no request was seen to fail for five minutes: the permission is added when one fails again',
            untilAt: input.now + lookAgainMs,
          },
        ]
      : [];
  const api = input.evidence.deployedApi;
  const edited: Against[] =
    api.state === 'got' && api.value.edited === true
      ? [
          {
            id: 'edited-routes',
            lowersTo: 'ask',
            says: 'the routes are known as last edited only: whether the stage serves them is not known',
          },
        ]
      : [];
  return [...edited, ...each.filter((o, i) => each.findIndex((other) => other.says === o.says) === i), ...gap, ...quiet];
}
const refOf = (t: InvokePermissionTarget): FunctionRef => ({
  accountId: t.accountId,
  region: t.region,
  name: t.functionName,
  ...(t.qualifier === undefined ? {} : { qualifier: t.qualifier }),
});
