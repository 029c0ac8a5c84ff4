// How many requests a second, and at once, a stage or one of its routes takes before API Gateway turns them away (fixes.md §11). In force within
// seconds to minutes, best effort, and never above the account's own limit.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell, stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn, v2Of, type Patch } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';
import { asksFor } from './signs/stage-serves.ts';

const target = v.object({
  ...place,
  /** `*` is the stage; else `GET /orders`, or a route key. */
  route: v.string(),
  /** Metrics of a REST stage are keyed by it: whether a limit is still reached is told with it only. */
  apiName: v.optional(v.string()),
});
const number = v.pipe(v.number(), v.minValue(0));
const value = v.object({ rate: v.optional(number), burst: v.optional(number) });
export type ThrottlingTarget = v.InferOutput<typeof target>;
export type Throttling = v.InferOutput<typeof value>;
type Target = ThrottlingTarget;
type Value = ValueOf<Throttling>;
type Read = 'apigateway:GetStage' | 'apigatewayv2:GetStage';
type Write = 'apigateway:UpdateStage' | 'apigatewayv2:UpdateStage';

/** As method settings are keyed: each slash of the resource's path is written `~1` (fixes.md §10). */
function methodKey({ route }: Target): string {
  const [method = '', path = ''] = route.split(' ');
  return route === '*' ? '*/*' : `${path.replaceAll('/', '~1')}/${method}`;
}

const patchesTo = (t: Target, to: Value): readonly Patch[] =>
  (
    [
      ['rateLimit', to === 'absent' ? undefined : to.rate],
      ['burstLimit', to === 'absent' ? undefined : to.burst],
    ] as const
  ).map(([name, one]) => {
    const path = `/${methodKey(t)}/throttling/${name}`;
    return one === undefined ? { op: 'remove', path } : { op: 'replace', path, value: String(one) };
  });

const valueOf = (rate: number | undefined, burst: number | undefined): Value =>
  rate === undefined && burst === undefined
    ? 'absent'
    : { ...(rate === undefined ? {} : { rate }), ...(burst === undefined ? {} : { burst }) };

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  if (t.apiType === 'REST') {
    const stage = await aws.call('apigateway:GetStage', restOf(t));
    if (!stage.ok) return stage;
    const set = stage.value.methodSettings?.[methodKey(t)];
    return ok({ value: valueOf(set?.throttlingRateLimit, set?.throttlingBurstLimit) });
  }
  const stage = await aws.call('apigatewayv2:GetStage', v2Of(t));
  if (!stage.ok) return stage;
  const set = t.route === '*' ? stage.value.DefaultRouteSettings : stage.value.RouteSettings?.[t.route];
  return ok({ value: valueOf(set?.ThrottlingRateLimit, set?.ThrottlingBurstLimit) });
}

/** Settings are sent whole, for all routes: what is left out may be taken for nought (pulumi-aws#2363). */
async function writeV2(aws: Aws<Read | Write>, t: Target, to: Value): Promise<Result<void, CallError>> {
  const stage = await aws.call('apigatewayv2:GetStage', v2Of(t));
  if (!stage.ok) return stage;
  const all = stage.value.RouteSettings ?? {};
  const {
    ThrottlingRateLimit: _rate,
    ThrottlingBurstLimit: _burst,
    ...kept
  } = (t.route === '*' ? stage.value.DefaultRouteSettings : all[t.route]) ?? {};
  const changed = {
    ...kept,
    ...(to === 'absent' || to.rate === undefined ? {} : { ThrottlingRateLimit: to.rate }),
    ...(to === 'absent' || to.burst === undefined ? {} : { ThrottlingBurstLimit: to.burst }),
  };
  const answer = await aws.call('apigatewayv2:UpdateStage', {
    ...v2Of(t),
    ...(t.route === '*'
      ? { DefaultRouteSettings: changed }
      : { RouteSettings: { ...(all as Record<string, object>), [t.route]: changed } }),
  });
  return answer.ok ? ok(undefined) : answer;
}

/** What stands at a limit reaches it: the count of a minute is an average of its seconds. */
const close = 0.9;

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.rate === b.rate && a.burst === b.burst);
const show = (one: Value): string =>
  one === 'absent' ? 'the account’s limit' : `${one.rate ?? '-'} a second, ${one.burst ?? '-'} at once`;

export default setting({
  id: 'stage-throttling',
  title: 'The request limit of a stage or a route',
  target,
  value,
  calls: { read: ['apigateway:GetStage', 'apigatewayv2:GetStage'], write: ['apigateway:UpdateStage', 'apigatewayv2:UpdateStage'] },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => stageArn(t),
  read,
  write: (aws: Aws<Read | Write>, t: Target, _from: Value, to: Value) =>
    t.apiType === 'REST' ? patchStage(aws, t, patchesTo(t, to)) : writeV2(aws, t, to),
  same,
  inUse: (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, { rate }: Throttling, window: Window) =>
    asksFor(aws, t, rate === undefined ? Infinity : close * rate, window),
  show: (t: Target, from: Value, to: Value) => `limit of ${t.route === '*' ? `stage ${t.stage}` : t.route}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => (t.apiType === 'REST' ? patchByHand(t, patchesTo(t, to)) : v2ByHand(t, to)),
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to)),
});

function v2ByHand(t: Target, to: Value): string {
  const settings = to === 'absent' ? {} : { ThrottlingRateLimit: to.rate, ThrottlingBurstLimit: to.burst };
  const [flag, json] = t.route === '*' ? ['--default-route-settings', settings] : ['--route-settings', { [t.route]: settings }];
  return `aws apigatewayv2 update-stage ${stageArgs(t)} ${flag} ${shell(JSON.stringify(json))}`;
}

function lasting(t: Target, { rate, burst }: Throttling): readonly Snippet[] {
  const rest = t.apiType === 'REST';
  const [method = '', path = ''] = t.route.split(' ');
  return [
    {
      title: 'CDK',
      language: 'typescript',
      code:
        rest && t.route === '*'
          ? `deployOptions: { throttlingRateLimit: ${rate}, throttlingBurstLimit: ${burst} }`
          : `// on ${t.route} of stage ${t.stage}\nthrottle: { rateLimit: ${rate}, burstLimit: ${burst} }`,
    },
    {
      title: 'CloudFormation',
      language: 'yaml',
      code: rest
        ? `# on the AWS::ApiGateway::Stage ${t.stage}\nMethodSettings:\n  - ResourcePath: ${t.route === '*' ? '/*' : path}\n    HttpMethod: '${t.route === '*' ? '*' : method}'\n    ThrottlingRateLimit: ${rate}\n    ThrottlingBurstLimit: ${burst}`
        : `# on the AWS::ApiGatewayV2::Stage ${t.stage}\nDefaultRouteSettings:\n  ThrottlingRateLimit: ${rate}\n  ThrottlingBurstLimit: ${burst}`,
    },
    {
      title: 'Terraform',
      language: 'hcl',
      code: rest
        ? `# in aws_api_gateway_method_settings of ${t.route === '*' ? '*/*' : t.route}\nsettings {\n  throttling_rate_limit  = ${rate}\n  throttling_burst_limit = ${burst}\n}`
        : `# in the aws_apigatewayv2_stage ${t.stage}\ndefault_route_settings {\n  throttling_rate_limit  = ${rate}\n  throttling_burst_limit = ${burst}\n}`,
    },
  ];
}
