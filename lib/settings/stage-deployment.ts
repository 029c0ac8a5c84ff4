// Which of its deployments a REST stage serves, by id (fixes.md §6). Routes and integrations go with it; stage variables and functions do not.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  ...place,
  /** How its routes and integrations differ, in words: what a person approves. */
  differs: v.array(v.string()),
});
const value = v.object({ deploymentId: v.string() });
type Target = v.InferOutput<typeof target>;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetStage';
type Write = 'apigateway:UpdateStage';

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  return stage.ok ? ok({ value: { deploymentId: stage.value.deploymentId ?? '' } }) : stage;
}

const idOf = (one: Value): string => (one === 'absent' ? 'none' : one.deploymentId);
const patchTo = (to: Value) => [{ op: 'replace', path: '/deploymentId', value: idOf(to) }] as const;

export default setting({
  id: 'stage-deployment',
  title: 'The deployment a REST stage serves',
  target,
  value,
  calls: { read: ['apigateway:GetStage'], write: ['apigateway:UpdateStage'] },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
    if (to !== 'absent') return patchStage(aws, t, patchTo(to));
    return err({ kind: 'refused', call: 'apigateway:UpdateStage', name: 'Refused', message: 'a stage always serves a deployment' });
  },
  same: (a: Value, b: Value) => idOf(a) === idOf(b),
  async settled(aws: Aws<Read>, t: Target, to: Value) {
    const now = await read(aws, t);
    return now.ok ? ok(idOf(now.value.value) === idOf(to) ? ('settled' as const) : ('settling' as const)) : now;
  },
  show: (t: Target, from: Value, to: Value) =>
    `deployment of stage ${t.stage}: ${idOf(from)} → ${idOf(to)}${t.differs.length > 0 ? ` (${t.differs.join('; ')})` : ''}`,
  byHand: (t: Target, _from: Value, to: Value) => patchByHand(t, patchTo(to)),
  // the definition that is wrong stands in the code that deploys: the next deploy brings it back
  snippets: (): readonly Snippet[] => [],
});
