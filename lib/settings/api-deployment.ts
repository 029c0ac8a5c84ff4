// A deployment of what was edited and not deployed, on a REST stage (fixes.md §7). The next deployment would bring it again, so it is told as an
// act that cannot be taken back: the stage can be pointed at the deployment before, by hand or by another fix.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell, stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { ok, type Result } from '../model/result.ts';
import { deploy, described, refused, type DeployCall } from './gateway/deploying.ts';
import { lockKey, place, race, stageArn } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  ...place,
  /** Names our own deployment. */
  token: v.string(),
  /** What it publishes, as a person saw it; nothing else is deployed along. */
  expects: v.array(v.string()),
  differs: v.array(v.string()),
});
const value = v.object({ token: v.string() });
type Target = v.InferOutput<typeof target>;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetDeployments';

/** The answer is in no order that AWS promises. */
const page = 500;

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const all = await aws.call('apigateway:GetDeployments', { restApiId: t.apiId, limit: page });
  if (!all.ok) return all;
  const ours = (all.value.items ?? []).some((d) => d?.description === described(t.token));
  return ok({ value: ours ? { token: t.token } : 'absent' });
}
const tokenOf = (one: Value): string | undefined => (one === 'absent' ? undefined : one.token);

export default setting({
  id: 'api-deployment',
  title: 'A deployment of what was edited',
  target,
  value,
  calls: {
    read: ['apigateway:GetDeployments'],
    write: ['apigateway:CreateDeployment', 'apigateway:GetExport', 'apigateway:GetResources'],
  },
  oneWay: 'the deployment stays, and what was edited is served from then on',
  race: `${race} Between the comparison and the deployment (about a second) somebody could edit the API, and it would be deployed along.`,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  async write(aws: Aws<Read | DeployCall>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
    return to === 'absent' ? refused('a deployment is not taken back') : await deploy(aws, t, to.token, t.expects);
  },
  same: (a: Value, b: Value) => tokenOf(a) === tokenOf(b),
  async settled(aws: Aws<Read>, t: Target, to: Value) {
    const now = await read(aws, t);
    return now.ok ? ok(tokenOf(now.value.value) === tokenOf(to) ? ('settled' as const) : ('settling' as const)) : now;
  },
  show: (t: Target) => `deploy what was edited to stage ${t.stage} (${described(t.token)}): ${t.differs.join('; ')}`,
  byHand: (t: Target) => `aws apigateway create-deployment ${stageArgs(t)} --description ${shell(described(t.token))}`,
  snippets: (): readonly Snippet[] => [],
});
