// The version of its runtime that a function's version runs on: AWS updates it by itself unless somebody pins it (SDK: UpdateRuntimeOn).
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { functionOf } from './alias-version.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';
import { goneOf } from './signs/lambda-gone.ts';

/** `version`: `$LATEST` or a published number; an alias has no runtime of its own. */
const target = v.object({ accountId: v.string(), region: v.string(), functionName: v.string(), version: v.string() });
const value = v.object({ updateOn: v.picklist(['Auto', 'FunctionUpdate', 'Manual']), arn: v.optional(v.string()) });
export type RuntimeTarget = v.InferOutput<typeof target>;
export type RuntimeValue = v.InferOutput<typeof value>;
type Target = RuntimeTarget;
type Value = ValueOf<RuntimeValue>;
type Read = 'lambda:GetRuntimeManagementConfig';
type Write = 'lambda:PutRuntimeManagementConfig';

const same = (a: Value, b: Value): boolean =>
  a === 'absent' || b === 'absent' ? a === b : a.updateOn === b.updateOn && (a.updateOn !== 'Manual' || a.arn === b.arn);
const short = (arn: string | undefined): string => `…${(arn ?? '').slice(-12)}`;
const show = (one: Value): string => {
  if (one === 'absent') return 'no such version';
  if (one.updateOn === 'Manual') return `pinned to runtime ${short(one.arn)}`;
  return one.updateOn === 'Auto' ? 'AWS updates its runtime' : 'its runtime is updated when it is';
};

async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<RuntimeValue>, CallError>> {
  const answer = await aws.call('lambda:GetRuntimeManagementConfig', { FunctionName: t.functionName, Qualifier: t.version });
  if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(goneOf(answer.error, { ...t, qualifier: t.version }))) : answer;
  const { UpdateRuntimeOn: updateOn, RuntimeVersionArn: arn } = answer.value;
  if (updateOn === undefined) return ok({ value: 'absent' });
  return ok({ value: { updateOn, ...(updateOn === 'Manual' && arn !== undefined ? { arn } : {}) } });
}

export default setting({
  id: 'runtime-version',
  title: 'The runtime version a function’s version runs on',
  target,
  value,
  calls: { read: ['lambda:GetRuntimeManagementConfig'], write: ['lambda:PutRuntimeManagementConfig'] },
  race: 'between our read and our write (well under a second): Lambda offers no revision for it; the value is read back after the write.',
  lockKey: (t: Target) => `function-runtime:${t.accountId}:${t.region}:${t.functionName}:${t.version}`,
  writesTo: (t: Target) => functionOf(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
    if (from === 'absent' || to === 'absent')
      return err({
        kind: 'refused',
        call: 'lambda:PutRuntimeManagementConfig',
        name: 'Refused',
        message: `${t.functionName}:${t.version} is not there; a runtime is pinned or let go, never made`,
      });
    const answer = await aws.call('lambda:PutRuntimeManagementConfig', {
      FunctionName: t.functionName,
      Qualifier: t.version,
      UpdateRuntimeOn: to.updateOn,
      ...(to.arn === undefined ? {} : { RuntimeVersionArn: to.arn }),
    });
    return answer.ok ? ok(undefined) : answer;
  },
  same,
  show: (t: Target, from: Value, to: Value) => `${t.functionName}:${t.version}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) =>
    to === 'absent'
      ? `# ${t.functionName}:${t.version} was not made by Gatemedic: leave it`
      : `aws lambda put-runtime-management-config --function-name ${t.functionName} --qualifier '${t.version}' --region ${t.region} --update-runtime-on ${to.updateOn}${to.arn === undefined ? '' : ` --runtime-version-arn ${to.arn}`}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' || to.arn === undefined ? [] : lasting(t, to.arn)),
});

const lasting = (t: Target, arn: string): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// in the props of the function ${t.functionName}, until its code runs on the newer runtime\nruntimeManagementMode: lambda.RuntimeManagementMode.manual('${arn}'),`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::Lambda::Function ${t.functionName}, until its code runs on the newer runtime\nRuntimeManagementConfig:\n  UpdateRuntimeOn: Manual\n  RuntimeVersionArn: ${arn}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `resource "aws_lambda_runtime_management_config" "pinned" {\n  function_name       = "${t.functionName}"\n  qualifier           = "${t.version}"\n  update_runtime_on   = "Manual"\n  runtime_version_arn = "${arn}"\n}`,
  },
];
