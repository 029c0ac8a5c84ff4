// How long API Gateway keeps an authorizer's answer for the same caller, as edited last (fixes.md §12). On a REST API it is in force with the next
// deployment; on an HTTP API whose stage deploys by itself, at once.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { apiArn, lockKey, place, race } from './gateway/place.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({ ...place, authorizerId: v.string(), name: v.string() });
const value = v.object({ seconds: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600)) });
export type AuthorizerTarget = v.InferOutput<typeof target>;
type Target = AuthorizerTarget;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetAuthorizer' | 'apigatewayv2:GetAuthorizer';
type Write = 'apigateway:UpdateAuthorizer' | 'apigatewayv2:UpdateAuthorizer';

/** Where nothing is said: REST keeps answers for 300 seconds, HTTP APIs not at all (fixes.md §12; API Gateway guide, "HTTP API Lambda authorizers"). */
const defaultSeconds = (t: Target): number => (t.apiType === 'REST' ? 300 : 0);
const restOf = (t: Target) => ({ restApiId: t.apiId, authorizerId: t.authorizerId });
const v2Of = (t: Target) => ({ ApiId: t.apiId, AuthorizerId: t.authorizerId });

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  if (t.apiType === 'REST') {
    const edited = await aws.call('apigateway:GetAuthorizer', restOf(t));
    return edited.ok ? ok({ value: { seconds: edited.value.authorizerResultTtlInSeconds ?? defaultSeconds(t) } }) : edited;
  }
  const edited = await aws.call('apigatewayv2:GetAuthorizer', v2Of(t));
  return edited.ok ? ok({ value: { seconds: edited.value.AuthorizerResultTtlInSeconds ?? defaultSeconds(t) } }) : edited;
}

async function write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent')
    return err({
      kind: 'refused',
      call: 'apigateway:UpdateAuthorizer',
      name: 'Refused',
      message: 'an authorizer always has a time to keep answers',
    });
  const answer =
    t.apiType === 'REST'
      ? await aws.call('apigateway:UpdateAuthorizer', {
          ...restOf(t),
          patchOperations: [{ op: 'replace', path: '/authorizerResultTtlInSeconds', value: String(to.seconds) }],
        })
      : await aws.call('apigatewayv2:UpdateAuthorizer', { ...v2Of(t), AuthorizerResultTtlInSeconds: to.seconds });
  return answer.ok ? ok(undefined) : answer;
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.seconds === b.seconds);
const show = (one: Value): string => (one === 'absent' ? 'nothing' : one.seconds === 0 ? 'not at all' : `${one.seconds} s`);

export default setting({
  id: 'authorizer-ttl',
  title: 'How long an authorizer’s answers are kept',
  target,
  value,
  calls: {
    read: ['apigateway:GetAuthorizer', 'apigatewayv2:GetAuthorizer'],
    write: ['apigateway:UpdateAuthorizer', 'apigatewayv2:UpdateAuthorizer'],
  },
  race,
  lockKey: (t: Target) => lockKey(t),
  writesTo: (t: Target) => apiArn(t),
  read,
  write,
  same,
  show: (t: Target, from: Value, to: Value) => `answers of authorizer ${t.name} are kept: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => {
    const seconds = to === 'absent' ? defaultSeconds(t) : to.seconds;
    const region = `--region ${shell(t.region)}`;
    return t.apiType === 'REST'
      ? `aws apigateway update-authorizer --rest-api-id ${shell(t.apiId)} --authorizer-id ${shell(t.authorizerId)} ${region} --patch-operations op=replace,path=/authorizerResultTtlInSeconds,value=${seconds}`
      : `aws apigatewayv2 update-authorizer --api-id ${shell(t.apiId)} --authorizer-id ${shell(t.authorizerId)} --authorizer-result-ttl-in-seconds ${seconds} ${region}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.seconds)),
});

const lasting = (t: Target, seconds: number): readonly Snippet[] => [
  { title: 'CDK', language: 'typescript', code: `// on the authorizer ${t.name}\nresultsCacheTtl: Duration.seconds(${seconds}),` },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::${t.apiType === 'REST' ? 'ApiGateway' : 'ApiGatewayV2'}::Authorizer ${t.name}\nAuthorizerResultTtlInSeconds: ${seconds}`,
  },
  { title: 'Terraform', language: 'hcl', code: `# in the authorizer ${t.name}\nauthorizer_result_ttl_in_seconds = ${seconds}` },
];
