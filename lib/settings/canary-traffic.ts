// The percentage of a REST stage's requests that its canary takes (fixes.md §6). The canary itself, its deployment and its variables stay.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object(place);
const value = v.object({ percent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)) });
type Target = v.InferOutput<typeof target>;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetStage';
type Write = 'apigateway:UpdateStage';

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  if (!stage.ok) return stage;
  const canary = stage.value.canarySettings;
  return ok({ value: canary === undefined ? 'absent' : { percent: canary.percentTraffic ?? 0 } });
}

const patchTo = (percent: number) => [{ op: 'replace', path: '/canarySettings/percentTraffic', value: percent.toFixed(1) }] as const;
const percentOf = (one: Value): number => (one === 'absent' ? 0 : one.percent);
const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.percent === b.percent);
const show = (one: Value): string => (one === 'absent' ? 'no canary' : `${one.percent} % of the requests`);

export default setting({
  id: 'canary-traffic',
  title: 'The share of a stage’s requests that its canary takes',
  target,
  value,
  calls: { read: ['apigateway:GetStage'], write: ['apigateway:UpdateStage'] },
  race,
  lockKey,
  writesTo: stageArn,
  read,
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
    // written where there is no canary, a share would make one
    if (from !== 'absent' && to !== 'absent') return patchStage(aws, t, patchTo(to.percent));
    return err({
      kind: 'refused',
      call: 'apigateway:UpdateStage',
      name: 'Refused',
      message: 'a canary is neither made nor removed, only its share is moved',
    });
  },
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value) {
    const now = await read(aws, t);
    return now.ok ? ok(same(now.value.value, to) ? ('settled' as const) : ('settling' as const)) : now;
  },
  show: (t: Target, from: Value, to: Value) => `canary of stage ${t.stage}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => patchByHand(t, patchTo(percentOf(to))),
  snippets: (t: Target, to: Value): readonly Snippet[] => [
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: `# on the AWS::ApiGateway::Stage ${t.stage}\nCanarySetting:\n  PercentTraffic: ${percentOf(to)}`,
    },
    { title: 'CDK', language: 'typescript', code: `cfnStage.canarySetting = { ...canary, percentTraffic: ${percentOf(to)} };` },
    {
      title: 'Terraform',
      language: 'hcl',
      code: `# in the aws_api_gateway_stage ${t.stage}\ncanary_settings {\n  percent_traffic = ${percentOf(to)}\n}`,
    },
  ],
});
