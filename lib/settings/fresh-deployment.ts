// A fresh deployment of the edited API on a REST stage, named by the token in its description; undone by the deployment before it (fixes.md §6,
// §7). It publishes everything that was edited, so it is made only when nothing but what the target expects differs.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell, stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { ok, type Result } from '../model/result.ts';
import { deploy, described, refused, type DeployCall } from './gateway/deploying.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  ...place,
  /** Names our own deployment. */
  token: v.string(),
  /** What may differ between the edited and the deployed API when it is made: `GET /orders timeoutInMillis`. */
  expects: v.array(v.string()),
});
const value = v.union([v.object({ deploymentId: v.string() }), v.object({ token: v.string() })]);
export type DeploymentTarget = v.InferOutput<typeof target>;
type Target = DeploymentTarget;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetStage' | 'apigateway:GetDeployment';
type Write = 'apigateway:UpdateStage' | DeployCall;

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  if (!stage.ok) return stage;
  const deploymentId = stage.value.deploymentId ?? '';
  const served = await aws.call('apigateway:GetDeployment', { restApiId: t.apiId, deploymentId });
  if (!served.ok) return served;
  return ok({ value: served.value.description === described(t.token) ? { token: t.token } : { deploymentId } });
}

const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);
const patchTo = (deploymentId: string) => [{ op: 'replace', path: '/deploymentId', value: deploymentId }] as const;
const show = (one: Value): string =>
  one === 'absent' ? 'none' : 'token' in one ? `a fresh one of the edited API (${described(one.token)})` : one.deploymentId;

export default setting({
  id: 'fresh-deployment',
  title: 'A fresh deployment of the edited API on a REST stage',
  target,
  value,
  calls: {
    read: ['apigateway:GetStage', 'apigateway:GetDeployment'],
    write: ['apigateway:UpdateStage', 'apigateway:CreateDeployment', 'apigateway:GetExport', 'apigateway:GetResources'],
  },
  race: `${race} Between the comparison and the deployment (about a second) somebody could edit the API, and it would be deployed along.`,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
    if (to === 'absent') return refused('a stage always serves a deployment');
    return 'token' in to ? await deploy(aws, t, to.token, t.expects) : await patchStage(aws, t, patchTo(to.deploymentId));
  },
  same,
  show: (t: Target, from: Value, to: Value) => `deployment of stage ${t.stage}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) =>
    to === 'absent' || !('token' in to)
      ? patchByHand(t, patchTo(to === 'absent' ? '<deployment>' : to.deploymentId))
      : `aws apigateway create-deployment ${stageArgs(t)} --description ${shell(described(to.token))}`,
  snippets: (): readonly Snippet[] => [],
});
