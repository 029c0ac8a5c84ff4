// How many environments of one alias or version Lambda keeps warm (fixes.md §2). It costs money while it stands and takes
// from the account's pool, so its price is part of it.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { ok, type Result } from '../model/result.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';
import { goneOf } from './signs/lambda-gone.ts';

const target = v.object({
  accountId: v.string(),
  region: v.string(),
  functionName: v.string(),
  qualifier: v.string(),
  memoryMb: v.number(),
});
const value = v.object({ environments: v.pipe(v.number(), v.integer(), v.minValue(1)) });
export type WarmTarget = v.InferOutput<typeof target>;
export type WarmValue = v.InferOutput<typeof value>;
type Target = WarmTarget;
type Value = ValueOf<WarmValue>;
type Read = 'lambda:GetProvisionedConcurrencyConfig';
type Write = 'lambda:PutProvisionedConcurrencyConfig' | 'lambda:DeleteProvisionedConcurrencyConfig';

/** US dollars a GB-second of provisioned concurrency, us-east-1, x86 (fixes.md §2); arm costs about a fifth less, so this never shows too little there. */
const usdPerGbSecond = 0.0000041667;

/** What `environments` of `memoryMb` cost an hour. */
export const warmUsdPerHour = (memoryMb: number, environments: number): number => environments * (memoryMb / 1024) * 3600 * usdPerGbSecond;

const of = (t: Target) => ({ FunctionName: t.functionName, Qualifier: t.qualifier });
const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.environments === b.environments);
const show = (one: Value): string =>
  one === 'absent' ? 'no warm environments' : `${one.environments} warm environment${one.environments === 1 ? '' : 's'}`;

/** Half of what is warm at work is use; less than that is money for nothing. */
const usedFrom = 0.5;

export default setting({
  id: 'provisioned-concurrency',
  title: 'Warm environments of an alias (provisioned concurrency)',
  target,
  value,
  calls: {
    read: ['lambda:GetProvisionedConcurrencyConfig'],
    write: ['lambda:PutProvisionedConcurrencyConfig', 'lambda:DeleteProvisionedConcurrencyConfig'],
  },
  race: 'between our read and our write (well under a second): Lambda offers no revision for it; the value is read back after the write. Application Auto Scaling would overwrite it at any time; where it steers an alias, nothing is set.',
  lockKey: (t: Target) => `function-warmth:${t.accountId}:${t.region}:${t.functionName}`,
  writesTo: (t: Target) => `arn:aws:lambda:${t.region}:${t.accountId}:function:${t.functionName}`,
  async read(aws: Aws<Read>, t: Target): Promise<Result<Reading<WarmValue>, CallError>> {
    const answer = await aws.call('lambda:GetProvisionedConcurrencyConfig', of(t));
    if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(goneOf(answer.error, t))) : answer;
    const environments = answer.value.RequestedProvisionedConcurrentExecutions ?? 0;
    return ok({ value: environments > 0 ? { environments } : 'absent' });
  },
  async write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
    if (to === 'absent') {
      const gone = await aws.call('lambda:DeleteProvisionedConcurrencyConfig', of(t));
      return gone.ok || gone.error.kind === 'gone' ? ok(undefined) : gone;
    }
    const put = await aws.call('lambda:PutProvisionedConcurrencyConfig', { ...of(t), ProvisionedConcurrentExecutions: to.environments });
    return put.ok ? ok(undefined) : put;
  },
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value): Promise<Result<'settled' | 'settling' | { readonly failed: string }, CallError>> {
    const answer = await aws.call('lambda:GetProvisionedConcurrencyConfig', of(t));
    if (!answer.ok) return answer.error.kind === 'gone' ? ok(to === 'absent' ? 'settled' : 'settling') : answer;
    const { Status: status, StatusReason: reason, RequestedProvisionedConcurrentExecutions: requested = 0 } = answer.value;
    if (to === 'absent' || requested !== to.environments) return ok('settling');
    if (status === 'FAILED') return ok({ failed: reason ?? 'Lambda says FAILED and gives no reason' });
    return ok(status === 'READY' ? 'settled' : 'settling');
  },
  // it is a target even while it holds nothing warm, so the value alone does not tell (fixes.md §2)
  async managed(aws: Aws<'application-autoscaling:DescribeScalableTargets'>, t: Target): Promise<Result<string | undefined, CallError>> {
    const answer = await aws.call('application-autoscaling:DescribeScalableTargets', {
      ServiceNamespace: 'lambda',
      ResourceIds: [`function:${t.functionName}:${t.qualifier}`],
      ScalableDimension: 'lambda:function:ProvisionedConcurrency',
    });
    if (!answer.ok) return answer;
    return ok((answer.value.ScalableTargets ?? []).length > 0 ? 'Application Auto Scaling' : undefined);
  },
  show: (t: Target, from: Value, to: Value) => `${t.functionName}:${t.qualifier}: ${show(from)} → ${show(to)} of ${t.memoryMb} MB`,
  usdPerHour: (t: Target, one: Value) => (one === 'absent' ? 0 : warmUsdPerHour(t.memoryMb, one.environments)),
  inUse: async (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, one: WarmValue, window: Window) => {
    const dimensions = [
      { Name: 'FunctionName', Value: t.functionName },
      { Name: 'Resource', Value: `${t.functionName}:${t.qualifier}` },
    ];
    const query = (id: string, name: string) => ({
      Id: id,
      MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: name, Dimensions: dimensions }, Period: 60, Stat: 'Maximum' },
    });
    const answer = await aws.call('cloudwatch:GetMetricData', {
      StartTime: new Date(window.from),
      EndTime: new Date(window.to),
      MetricDataQueries: [query('utilization', 'ProvisionedConcurrencyUtilization'), query('concurrent', 'ConcurrentExecutions')],
    });
    if (!answer.ok) return answer;
    const most = (id: string): number =>
      Math.max(
        0,
        ...(answer.value.MetricDataResults ?? []).filter((r) => r?.Id === id).flatMap((r) => (r?.Values ?? []).map((n) => n ?? 0)),
      );
    return ok(most('utilization') >= usedFrom || most('concurrent') >= usedFrom * one.environments);
  },
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--function-name ${t.functionName} --qualifier ${t.qualifier} --region ${t.region}`;
    return to === 'absent'
      ? `aws lambda delete-provisioned-concurrency-config ${on}`
      : `aws lambda put-provisioned-concurrency-config ${on} --provisioned-concurrent-executions ${to.environments}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.environments)),
});

/** A lease ends; these make it last, and let it follow the load. */
const lasting = (t: Target, environments: number): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// on the alias the API calls\nconst scaling = alias.addAutoScaling({ minCapacity: ${environments}, maxCapacity: ${environments * 2} });\nscaling.scaleOnUtilization({ utilizationTarget: 0.7 });`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::Lambda::Alias ${t.qualifier} of ${t.functionName}\nProvisionedConcurrencyConfig:\n  ProvisionedConcurrentExecutions: ${environments}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `resource "aws_lambda_provisioned_concurrency_config" "warm" {\n  function_name                     = "${t.functionName}"\n  qualifier                         = "${t.qualifier}"\n  provisioned_concurrent_executions = ${environments}\n}`,
  },
];
