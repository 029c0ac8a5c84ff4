// Where one base path of a custom domain leads (fixes.md §17): which REST API and stage. In force within seconds, at the edge within minutes.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import { shell } from '../model/advice.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { race } from './gateway/place.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';

/** `basePath` is empty for the domain itself. */
const target = v.object({ accountId: v.string(), region: v.string(), domainName: v.string(), basePath: v.string() });
const value = v.object({ apiId: v.string(), stage: v.string() });
export type MappingTarget = v.InferOutput<typeof target>;
type Target = MappingTarget;
type Value = ValueOf<v.InferOutput<typeof value>>;
type Read = 'apigateway:GetBasePathMapping';
type Write = 'apigateway:CreateBasePathMapping' | 'apigateway:DeleteBasePathMapping';

/** `(none)` is how API Gateway writes the empty path. */
const written = ({ basePath }: Target): string => (basePath === '' ? '(none)' : basePath);
const of = (t: Target) => ({ domainName: t.domainName, basePath: written(t) });

async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<v.InferOutput<typeof value>>, CallError>> {
  const there = await aws.call('apigateway:GetBasePathMapping', of(t));
  // a mapping that is not there is 404, like a domain that is not: the gateway's words tell them apart
  const noDomain = !there.ok && there.error.message.startsWith('Invalid domain name identifier');
  if (!there.ok) return there.error.kind === 'gone' ? ok(absentIn(noDomain ? `the domain ${t.domainName}` : undefined)) : there;
  return ok({ value: { apiId: there.value.restApiId ?? '', stage: there.value.stage ?? '' } });
}

async function write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent') {
    const gone = await aws.call('apigateway:DeleteBasePathMapping', of(t));
    return gone.ok || gone.error.kind === 'gone' ? ok(undefined) : gone;
  }
  if (from !== 'absent')
    return err({
      kind: 'refused',
      call: 'apigateway:CreateBasePathMapping',
      name: 'Refused',
      message: 'a mapping is made or removed, never led elsewhere',
    });
  const answer = await aws.call('apigateway:CreateBasePathMapping', { ...of(t), restApiId: to.apiId, stage: to.stage });
  return answer.ok ? ok(undefined) : answer;
}

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.apiId === b.apiId && a.stage === b.stage);
const show = (one: Value): string => (one === 'absent' ? 'nowhere' : `${one.apiId}/${one.stage}`);

export default setting({
  id: 'base-path-mapping',
  title: 'Where a base path of a custom domain leads',
  target,
  value,
  calls: {
    read: ['apigateway:GetBasePathMapping'],
    write: ['apigateway:CreateBasePathMapping', 'apigateway:DeleteBasePathMapping'],
  },
  race: `${race} A mapping that somebody makes at that moment is not overwritten: the path is taken, and AWS says so.`,
  lockKey: (t: Target) => `domain:${t.accountId}:${t.region}:${t.domainName}`,
  writesTo: (t: Target) => `arn:aws:apigateway:${t.region}::/domainnames/${t.domainName}/basepathmappings/${written(t)}`,
  read,
  write,
  same,
  show: (t: Target, from: Value, to: Value) => `https://${t.domainName}/${t.basePath} leads to: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--domain-name ${shell(t.domainName)} --base-path ${shell(written(t))} --region ${shell(t.region)}`;
    if (to === 'absent') return `aws apigateway delete-base-path-mapping ${on}`;
    return `aws apigateway create-base-path-mapping ${on} --rest-api-id ${shell(to.apiId)} --stage ${shell(to.stage)}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to)),
});

const lasting = (t: Target, to: Exclude<Value, 'absent'>): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `new apigateway.BasePathMapping(this, 'Mapping', { domainName, restApi, stage${t.basePath === '' ? '' : `, basePath: '${t.basePath}'`} });`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `Mapping:\n  Type: AWS::ApiGateway::BasePathMapping\n  Properties:\n    DomainName: ${t.domainName}\n    RestApiId: ${to.apiId}\n    Stage: ${to.stage}${t.basePath === '' ? '' : `\n    BasePath: ${t.basePath}`}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `resource "aws_api_gateway_base_path_mapping" "mapping" {\n  domain_name = "${t.domainName}"\n  api_id      = "${to.apiId}"\n  stage_name  = "${to.stage}"${t.basePath === '' ? '' : `\n  base_path   = "${t.basePath}"`}\n}`,
  },
];
