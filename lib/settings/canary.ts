// The canary of a REST stage, whole: the share of the requests it takes, its deployment, its variables, and whether it uses the stage's cache
// (fixes.md §6). Compared whole too, so that what is put back is never another canary's. The deployment itself is not touched.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn, type Patch } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  ...place,
  /** The deployment that the stage itself serves beside its canary: a canary that is gone is put before no other one. */
  beside: v.optional(v.string()),
});
const value = v.object({
  percent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  /** Empty where API Gateway names none. */
  deploymentId: v.string(),
  variables: v.record(v.string(), v.string()),
  useStageCache: v.boolean(),
});
export type CanaryTarget = v.InferOutput<typeof target>;
export type Canary = v.InferOutput<typeof value>;
type Target = CanaryTarget;
type Value = ValueOf<Canary>;
type Read = 'apigateway:GetStage';
type Write = 'apigateway:UpdateStage';

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  if (!stage.ok) return stage;
  const canary = stage.value.canarySettings;
  if (!canary) return ok({ value: 'absent' });
  const { percentTraffic: percent = 0, deploymentId = '', stageVariableOverrides, useStageCache = false } = canary;
  // API Gateway leaves the overrides out where there are none
  const variables = Object.fromEntries(
    Object.entries(stageVariableOverrides ?? {}).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])),
  );
  return ok({ value: { percent, deploymentId, variables, useStageCache } });
}

/** A name within a path, as JSON Pointer (RFC 6901) writes it. */
const step = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const variablePath = (name: string): string => `/canarySettings/stageVariableOverrides/${step(name)}`;
/** As AWS's guide writes a share, `20.0`; one with more places keeps them. */
const share = (percent: number): string => (Number.isInteger(percent) ? percent.toFixed(1) : String(percent));

/** Every name that either of them has, sorted: the same change always reads the same. */
const namesOf = (a: Canary | undefined, b: Canary): readonly string[] =>
  [...new Set([...Object.keys(a?.variables ?? {}), ...Object.keys(b.variables)])].toSorted();
const changedNames = (from: Canary | undefined, to: Canary): readonly string[] =>
  namesOf(from, to).filter((name) => from?.variables[name] !== to.variables[name]);

/**
 * The fields that differ; all of them where there is no canary yet: the first `replace` makes one (AWS's guide "Create a canary release
 * deployment"; LocalStack's tests recorded from AWS: `replace` is the only operation a field takes, and an override may be removed by the guide
 * "Update a canary release"). The share goes last.
 */
function patchesTo(from: Value, to: Value): readonly Patch[] {
  if (to === 'absent') return [{ op: 'remove', path: '/canarySettings' }];
  const old = from === 'absent' ? undefined : from;
  return [
    ...(old?.deploymentId === to.deploymentId
      ? []
      : [{ op: 'replace' as const, path: '/canarySettings/deploymentId', value: to.deploymentId }]),
    ...(old?.useStageCache === to.useStageCache
      ? []
      : [{ op: 'replace' as const, path: '/canarySettings/useStageCache', value: String(to.useStageCache) }]),
    ...changedNames(old, to).map((name): Patch => {
      const one = to.variables[name];
      return one === undefined ? { op: 'remove', path: variablePath(name) } : { op: 'replace', path: variablePath(name), value: one };
    }),
    ...(old?.percent === to.percent ? [] : [{ op: 'replace' as const, path: '/canarySettings/percentTraffic', value: share(to.percent) }]),
  ];
}

/** A stage that serves another deployment by now has moved on: the canary of before would be put before what it never stood beside. */
async function movedOn(aws: Aws<Read>, t: Target): Promise<CallError | undefined> {
  if (t.beside === undefined) return undefined;
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  if (!stage.ok) return stage.error;
  if (stage.value.deploymentId === t.beside) return undefined;
  return {
    kind: 'refused',
    call: 'apigateway:UpdateStage',
    name: 'Refused',
    message: `stage ${t.stage} serves deployment ${stage.value.deploymentId ?? 'none'} by now, not ${t.beside}, beside which the canary stood`,
  };
}

function same(a: Value, b: Value): boolean {
  if (a === 'absent' || b === 'absent') return a === b;
  return (
    a.percent === b.percent && a.deploymentId === b.deploymentId && a.useStageCache === b.useStageCache && changedNames(a, b).length === 0
  );
}

export default setting({
  id: 'canary',
  title: 'The canary of a REST stage: its share of the requests, its deployment, its variables, and its use of the stage’s cache',
  target,
  value,
  calls: { read: ['apigateway:GetStage'], write: ['apigateway:UpdateStage'] },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
    const moved = from === 'absent' ? await movedOn(aws, t) : undefined;
    return moved ? err(moved) : patchStage(aws, t, patchesTo(from, to));
  },
  same,
  show: (t: Target, from: Value, to: Value) => `canary of stage ${t.stage}: ${showMove(from, to)}`,
  byHand: (t: Target, from: Value, to: Value) => patchByHand(t, patchesTo(from, to)),
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? without(t) : lasting(t, to.percent)),
});

const requests = (percent: number): string => `${percent} % of the requests`;

/** Whole, its variables by their names: what they hold is not what is decided. */
function showWhole(one: Value): string {
  if (one === 'absent') return 'no canary';
  const names = namesOf(undefined, one);
  return [
    `${requests(one.percent)} to deployment ${one.deploymentId || 'not named'}`,
    ...(names.length === 0 ? [] : [`with its own ${names.join(', ')}`]),
    ...(one.useStageCache ? ['from the stage’s cache'] : []),
  ].join(', ');
}

/** Between two canaries only what moves; a variable that does by its values, like every stage variable. */
function showMove(from: Value, to: Value): string {
  if (from === 'absent' || to === 'absent') return `${showWhole(from)} → ${showWhole(to)}`;
  const cache = (one: Canary): string => (one.useStageCache ? 'the stage’s cache' : 'a cache of its own');
  const variable = (one: Canary, name: string): string => one.variables[name] ?? 'not set';
  return [
    ...(from.percent === to.percent ? [] : [`${requests(from.percent)} → ${requests(to.percent)}`]),
    ...(from.deploymentId === to.deploymentId ? [] : [`deployment ${from.deploymentId} → ${to.deploymentId}`]),
    ...changedNames(from, to).map((name) => `variable ${name}: ${variable(from, name)} → ${variable(to, name)}`),
    ...(from.useStageCache === to.useStageCache ? [] : [`${cache(from)} → ${cache(to)}`]),
  ].join('; ');
}

const without = (t: Target): readonly Snippet[] => [
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::ApiGateway::Stage ${t.stage}: leave CanarySetting out, or the next deploy brings the canary back`,
  },
  { title: 'CDK', language: 'typescript', code: 'cfnStage.canarySetting = undefined;' },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# in the aws_api_gateway_stage ${t.stage}: leave canary_settings out, or the next apply brings the canary back`,
  },
];

/** Deployment and variables stay as the code has them. */
const lasting = (t: Target, percent: number): readonly Snippet[] => [
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::ApiGateway::Stage ${t.stage}\nCanarySetting:\n  PercentTraffic: ${percent}`,
  },
  { title: 'CDK', language: 'typescript', code: `cfnStage.canarySetting = { ...canary, percentTraffic: ${percent} };` },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# in the aws_api_gateway_stage ${t.stage}\ncanary_settings {\n  percent_traffic = ${percent}\n}`,
  },
];
