// One variable of a stage, in force at once and without a deployment (fixes.md §10). One that is absent is not one that is empty.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell, stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn, v2Of, type Patch } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({ ...place, name: v.pipe(v.string(), v.regex(/^\w{1,64}$/)) });
const value = v.object({ value: v.string() });
export type VariableTarget = v.InferOutput<typeof target>;
type Target = VariableTarget;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetStage' | 'apigatewayv2:GetStage';
type Write = 'apigateway:UpdateStage' | 'apigatewayv2:UpdateStage';

const patchTo = ({ name }: Target, to: Value): Patch =>
  to === 'absent' ? { op: 'remove', path: `/variables/${name}` } : { op: 'replace', path: `/variables/${name}`, value: to.value };

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const all = await variablesOf(aws, t);
  if (!all.ok) return all;
  const found = all.value[t.name];
  return ok({ value: found === undefined ? 'absent' : { value: found } });
}

async function variablesOf(aws: Aws<Read>, t: Target): Promise<Result<Readonly<Record<string, string | undefined>>, CallError>> {
  if (t.apiType === 'REST') {
    const stage = await aws.call('apigateway:GetStage', restOf(t));
    return stage.ok ? ok(stage.value.variables ?? {}) : stage;
  }
  const stage = await aws.call('apigatewayv2:GetStage', v2Of(t));
  return stage.ok ? ok(stage.value.StageVariables ?? {}) : stage;
}

/** All variables are sent, whether the call adds to them or puts them in their place; an empty value takes one away (terraform-provider-aws). */
async function writeV2(aws: Aws<Read | Write>, t: Target, to: Value): Promise<Result<void, CallError>> {
  const all = await variablesOf(aws, t);
  if (!all.ok) return all;
  const kept = Object.fromEntries(Object.entries(all.value).flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const])));
  const StageVariables = { ...kept, [t.name]: to === 'absent' ? '' : to.value };
  const answer = await aws.call('apigatewayv2:UpdateStage', { ...v2Of(t), StageVariables });
  return answer.ok ? ok(undefined) : answer;
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.value === b.value);
const show = (one: Value): string => (one === 'absent' ? 'not set' : one.value === '' ? 'empty' : one.value);

export default setting({
  id: 'stage-variable',
  title: 'A variable of a stage',
  target,
  value,
  calls: { read: ['apigateway:GetStage', 'apigatewayv2:GetStage'], write: ['apigateway:UpdateStage', 'apigatewayv2:UpdateStage'] },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  write: (aws: Aws<Read | Write>, t: Target, _from: Value, to: Value) =>
    t.apiType === 'REST' ? patchStage(aws, t, [patchTo(t, to)]) : writeV2(aws, t, to),
  same,
  show: (t: Target, from: Value, to: Value) => `stage variable ${t.name} of ${t.stage}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) =>
    t.apiType === 'REST'
      ? patchByHand(t, [patchTo(t, to)])
      : `aws apigatewayv2 update-stage ${stageArgs(t)} --stage-variables ${shell(`${t.name}=${to === 'absent' ? '' : to.value}`)}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.value)),
});

const lasting = (t: Target, text: string): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code:
      t.apiType === 'REST'
        ? `deployOptions: { variables: { ${t.name}: '${text}' } }`
        : `cfnStage.stageVariables = { ${t.name}: '${text}' };`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code:
      t.apiType === 'REST'
        ? `# on the AWS::ApiGateway::Stage ${t.stage}\nVariables:\n  ${t.name}: '${text}'`
        : `# on the AWS::ApiGatewayV2::Stage ${t.stage}\nStageVariables:\n  ${t.name}: '${text}'`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# in the stage ${t.stage}\n${t.apiType === 'REST' ? 'variables' : 'stage_variables'} = {\n  ${t.name} = "${text}"\n}`,
  },
];
