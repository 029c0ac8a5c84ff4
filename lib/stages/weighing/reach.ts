// What a plan reaches: whether the owner opened it to be written, whether it says hands off, and how many routes share it.
import type { CallName } from '../../aws/calls.ts';
import { functionArn } from '../../model/api.ts';
import type { Plan, Situation } from '../../model/change.ts';
import { functionsOf } from '../../model/deployed.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { DeployedApi, Route } from '../../model/kinds/api.ts';
import type { Installation } from '../../model/installation.ts';
import { glob } from '../../model/policy.ts';
import type { World } from '../../world.ts';
import { moveOf } from '../changing/moves.ts';

const handsOffTag = 'gatemedic:hands-off';
const allowedTag = { key: 'gatemedic', value: 'allowed' };
/** `gatemedic:hands-off` obeys by being there; only a value that plainly says no takes it back. */
const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['false', 'no', 'off', '0'].includes(value.trim().toLowerCase());

type Reach = Pick<Situation, 'writable' | 'handsOff' | 'tagsUnread' | 'routesShared'>;
type Tags = Readonly<Record<string, string | undefined>>;

const isFunction = (arn: string): boolean => arn.split(':')[2] === 'lambda';
/** `…::/restapis/{id}/…` or `…::/apis/{id}/…` → the API's id. */
const apiOf = (arn: string): string | undefined =>
  /^arn:aws[\w-]{0,10}:apigateway:[a-z0-9-]{1,30}::\/(?:restapis|apis)\/([^/]{1,40})/.exec(arn)?.[1];

/** The tags of the functions a plan writes to are read now; the stage's came with its deployment. */
export async function reachOf(world: World<CallName>, plan: Plan, evidence: Gathered): Promise<Reach> {
  const arns = [...new Set(plan.changes.map(moveOf).map((m) => m.setting.writesTo(m.target)))];
  const functions = await Promise.all(arns.filter(isFunction).map(async (arn) => ({ arn, tags: await tagsOf(world, arn) })));
  const tags = new Map(functions.map(({ arn, tags }) => [arn, tags]));
  const api = evidence.deployedApi;
  const stage = api?.state === 'got' && isOn(api.value.tags[handsOffTag]) ? ['the stage'] : [];
  return {
    writable: arns.every((arn) => isOpen(world.installation, arn, tags.get(arn))),
    handsOff: [...stage, ...functions.filter(({ tags }) => isOn(tags?.[handsOffTag])).map(({ arn }) => nameOf(arn))],
    tagsUnread: functions.filter(({ tags }) => tags === undefined).map(({ arn }) => nameOf(arn)),
    routesShared: Math.max(0, ...arns.map((arn) => routesOf(arn, evidence))),
  };
}
const nameOf = (arn: string): string => arn.split(':')[6] ?? arn;

async function tagsOf(world: World<CallName>, arn: string): Promise<Tags | undefined> {
  const answer = await world.aws.call('lambda:ListTags', { Resource: arn });
  return answer.ok ? (answer.value.Tags ?? {}) : undefined;
}

/** A function by its ARN or its tag; an API by a stage of it that is listed; anything else by its ARN. */
function isOpen({ functions, stages, resources = [] }: Installation, arn: string, tags: Tags | undefined): boolean {
  if (isFunction(arn)) return functions.includes(arn) || tags?.[allowedTag.key] === allowedTag.value;
  const api = apiOf(arn);
  return api === undefined ? resources.some((pattern) => glob(pattern, arn)) : stages.some((s) => s.apiId === api);
}

/** Whether an authorizer that is this function stands before the route: then the function is shared by every route it guards. */
const isGuardedBy = ({ authorizers = [] }: DeployedApi, { authorizer }: Route, arn: string): boolean =>
  authorizer !== undefined && authorizers.some((a) => a.name === authorizer && a.function !== undefined && functionArn(a.function) === arn);

/** Deployed routes that lead to a function or are guarded by it, or, of an API and its stage, all of them. */
function routesOf(arn: string, { deployedApi }: Gathered): number {
  if (deployedApi?.state !== 'got') return 0;
  if (!isFunction(arn)) return apiOf(arn) === undefined ? 0 : deployedApi.value.routes.length;
  const shared = functionsOf(deployedApi.value).filter(
    ({ ref: { accountId, region, name } }) => functionArn({ accountId, region, name }) === arn,
  );
  const guarded = deployedApi.value.routes.filter((r) => isGuardedBy(deployedApi.value, r, arn));
  return Math.max(guarded.length, ...shared.map((f) => f.routes.length));
}
