// The level at which a stage writes its execution log, for all routes (fixes.md §10). A level that nobody set is not OFF: undo takes ours
// away again. Bodies (data trace) are never logged.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { stageArgs } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { ok, type Result } from '../model/result.ts';
import { lockKey, patchByHand, patchStage, place, race, restOf, stageArn, v2Of, type Patch } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object(place);
const value = v.object({ level: v.picklist(['OFF', 'ERROR', 'INFO']) });
type Target = v.InferOutput<typeof target>;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetStage' | 'apigatewayv2:GetStage';
type Write = 'apigateway:UpdateStage' | 'apigatewayv2:UpdateStage';

const path = '/*/*/logging/loglevel';
const patchTo = (to: Value): Patch => (to === 'absent' ? { op: 'remove', path } : { op: 'replace', path, value: to.level });

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  if (t.apiType !== 'REST') {
    const stage = await aws.call('apigatewayv2:GetStage', v2Of(t));
    // a WebSocket stage that nobody set writes nothing: OFF, by API Gateway's own default
    return stage.ok ? ok({ value: { level: stage.value.DefaultRouteSettings?.LoggingLevel ?? 'OFF' } }) : stage;
  }
  const stage = await aws.call('apigateway:GetStage', restOf(t));
  if (!stage.ok) return stage;
  const level = v.safeParse(value, { level: stage.value.methodSettings?.['*/*']?.loggingLevel });
  return ok({ value: level.success ? level.output : 'absent' });
}

/** The whole of the settings goes back: what is left out may be taken for nought (pulumi-aws#2363). */
async function writeV2(aws: Aws<Read | Write>, t: Target, level: 'OFF' | 'ERROR' | 'INFO'): Promise<Result<void, CallError>> {
  const stage = await aws.call('apigatewayv2:GetStage', v2Of(t));
  if (!stage.ok) return stage;
  const answer = await aws.call('apigatewayv2:UpdateStage', {
    ...v2Of(t),
    DefaultRouteSettings: { ...stage.value.DefaultRouteSettings, LoggingLevel: level },
  });
  return answer.ok ? ok(undefined) : answer;
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.level === b.level);
const show = (one: Value): string => (one === 'absent' ? 'not set' : one.level);

export default setting({
  id: 'stage-logging',
  title: 'The level of a stage’s execution log',
  target,
  value,
  calls: { read: ['apigateway:GetStage', 'apigatewayv2:GetStage'], write: ['apigateway:UpdateStage', 'apigatewayv2:UpdateStage'] },
  race,
  lockKey,
  writesTo: stageArn,
  read,
  write: (aws: Aws<Read | Write>, t: Target, _from: Value, to: Value) =>
    t.apiType === 'REST' ? patchStage(aws, t, [patchTo(to)]) : writeV2(aws, t, to === 'absent' ? 'OFF' : to.level),
  same,
  show: (t: Target, from: Value, to: Value) =>
    `execution log of stage ${t.stage}: ${show(from)} → ${show(to)}, for all routes, without bodies`,
  byHand: (t: Target, _from: Value, to: Value) =>
    t.apiType === 'REST'
      ? patchByHand(t, [patchTo(to)])
      : `aws apigatewayv2 update-stage ${stageArgs(t)} --default-route-settings LoggingLevel=${to === 'absent' ? 'OFF' : to.level}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.level)),
});

const lasting = (t: Target, level: string): readonly Snippet[] =>
  t.apiType === 'REST'
    ? [
        {
          title: 'CDK',
          language: 'typescript',
          code: `deployOptions: { loggingLevel: apigateway.MethodLoggingLevel.${level}, dataTraceEnabled: false }`,
        },
        {
          title: 'CloudFormation',
          language: 'yaml',
          code: `# on the AWS::ApiGateway::Stage ${t.stage}\nMethodSettings:\n  - ResourcePath: /*\n    HttpMethod: '*'\n    LoggingLevel: ${level}\n    DataTraceEnabled: false`,
        },
        {
          title: 'Terraform',
          language: 'hcl',
          code: `resource "aws_api_gateway_method_settings" "all" {\n  rest_api_id = "${t.apiId}"\n  stage_name  = "${t.stage}"\n  method_path = "*/*"\n  settings {\n    logging_level      = "${level}"\n    data_trace_enabled = false\n  }\n}`,
        },
      ]
    : [
        {
          title: 'CloudFormation',
          language: 'yaml',
          code: `# on the AWS::ApiGatewayV2::Stage ${t.stage}\nDefaultRouteSettings:\n  LoggingLevel: ${level}`,
        },
        {
          title: 'Terraform',
          language: 'hcl',
          code: `# in the aws_apigatewayv2_stage ${t.stage}\ndefault_route_settings {\n  logging_level = "${level}"\n}`,
        },
      ];
