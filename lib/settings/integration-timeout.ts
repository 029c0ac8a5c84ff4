// How long the gateway waits for one integration, as edited last (fixes.md §9). On a REST API it is in force with the next deployment; on an
// HTTP API whose stage deploys by itself, at once.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { apiArn, lockKey, place, race } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({
  ...place,
  method: v.string(),
  path: v.string(),
  /** REST: the resource's id; HTTP APIs: the integration's. */
  id: v.string(),
});
const value = v.object({ timeoutMs: v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(30_000)) });
export type TimeoutTarget = v.InferOutput<typeof target>;
type Target = TimeoutTarget;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetIntegration' | 'apigatewayv2:GetIntegration';
type Write = 'apigateway:UpdateIntegration' | 'apigatewayv2:UpdateIntegration';

/** What API Gateway waits where nothing is said (fixes.md §9). */
const defaultMs = (t: Target): number => (t.apiType === 'HTTP' ? 30_000 : 29_000);
const restOf = (t: Target) => ({ restApiId: t.apiId, resourceId: t.id, httpMethod: t.method });
const v2Of = (t: Target) => ({ ApiId: t.apiId, IntegrationId: t.id });

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  if (t.apiType !== 'REST') {
    const edited = await aws.call('apigatewayv2:GetIntegration', v2Of(t));
    return edited.ok ? ok({ value: { timeoutMs: edited.value.TimeoutInMillis ?? defaultMs(t) } }) : edited;
  }
  const edited = await aws.call('apigateway:GetIntegration', restOf(t));
  return edited.ok ? ok({ value: { timeoutMs: edited.value.timeoutInMillis ?? defaultMs(t) } }) : edited;
}

async function write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent')
    return err({ kind: 'refused', call: 'apigateway:UpdateIntegration', name: 'Refused', message: 'an integration always has a timeout' });
  const answer =
    t.apiType === 'REST'
      ? await aws.call('apigateway:UpdateIntegration', {
          ...restOf(t),
          patchOperations: [{ op: 'replace', path: '/timeoutInMillis', value: String(to.timeoutMs) }],
        })
      : await aws.call('apigatewayv2:UpdateIntegration', { ...v2Of(t), TimeoutInMillis: to.timeoutMs });
  return answer.ok ? ok(undefined) : answer;
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.timeoutMs === b.timeoutMs);
const show = (one: Value): string => (one === 'absent' ? 'nothing' : `${one.timeoutMs / 1000} s`);
const named = (t: Target): string => (t.path === '$default' ? t.path : `${t.method} ${t.path}`);

export default setting({
  id: 'integration-timeout',
  title: 'How long the gateway waits for an integration',
  target,
  value,
  calls: {
    read: ['apigateway:GetIntegration', 'apigatewayv2:GetIntegration'],
    write: ['apigateway:UpdateIntegration', 'apigatewayv2:UpdateIntegration'],
  },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => apiArn(t),
  read,
  write,
  same,
  show: (t: Target, from: Value, to: Value) => `timeout of ${named(t)}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => {
    const ms = to === 'absent' ? defaultMs(t) : to.timeoutMs;
    const region = `--region ${shell(t.region)}`;
    return t.apiType === 'REST'
      ? `aws apigateway update-integration --rest-api-id ${shell(t.apiId)} --resource-id ${shell(t.id)} --http-method ${shell(t.method)} ${region} --patch-operations op=replace,path=/timeoutInMillis,value=${ms}`
      : `aws apigatewayv2 update-integration --api-id ${shell(t.apiId)} --integration-id ${shell(t.id)} --timeout-in-millis ${ms} ${region}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.timeoutMs)),
});

const lasting = (t: Target, ms: number): readonly Snippet[] => [
  { title: 'CDK', language: 'typescript', code: `// on the integration of ${named(t)}\ntimeout: Duration.millis(${ms}),` },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code:
      t.apiType === 'REST'
        ? `# on the AWS::ApiGateway::Method of ${named(t)}\nIntegration:\n  TimeoutInMillis: ${ms}`
        : `# on the AWS::ApiGatewayV2::Integration of ${named(t)}\nTimeoutInMillis: ${ms}`,
  },
  { title: 'Terraform', language: 'hcl', code: `# in the integration of ${named(t)}\ntimeout_milliseconds = ${ms}` },
];
