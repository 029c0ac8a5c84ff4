// How much of the account's concurrency is set apart for a function, and all it may use (fixes.md §3). Zero is somebody's switch: a
// function that was turned off is never turned on, nor one turned off, by this.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { functionOf } from './alias-version.ts';
import { setting, type ValueOf } from './setting.ts';

const target = v.object({ accountId: v.string(), region: v.string(), functionName: v.string() });
const value = v.object({ reserved: v.pipe(v.number(), v.integer(), v.minValue(0)) });
export type ReservedTarget = v.InferOutput<typeof target>;
export type ReservedValue = v.InferOutput<typeof value>;
type Target = ReservedTarget;
type Value = ValueOf<ReservedValue>;
type Read = 'lambda:GetFunctionConcurrency';
type Write = 'lambda:PutFunctionConcurrency' | 'lambda:DeleteFunctionConcurrency';

const same = (a: Value, b: Value): boolean => (a === 'absent' || b === 'absent' ? a === b : a.reserved === b.reserved);
const isOff = (one: Value): boolean => one !== 'absent' && one.reserved === 0;
const show = (one: Value): string => (one === 'absent' ? 'nothing reserved (the account’s pool)' : `${one.reserved} reserved`);

async function read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
  const answer = await aws.call('lambda:GetFunctionConcurrency', { FunctionName: t.functionName });
  if (!answer.ok) return answer;
  const reserved = answer.value.ReservedConcurrentExecutions;
  return ok({ value: reserved === undefined ? 'absent' : { reserved } });
}

export default setting({
  id: 'reserved-concurrency',
  title: 'Reserved concurrency of a function',
  target,
  value,
  calls: {
    read: ['lambda:GetFunctionConcurrency'],
    write: ['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'],
  },
  race: 'between our read and our write (well under a second): Lambda offers no revision for it; the value is read back after the write. Somebody who sets it to 0 in that moment is overrun, and the message says what was written.',
  lockKey: (t: Target) => `function-reserved:${t.accountId}:${t.region}:${t.functionName}`,
  writesTo: (t: Target) => functionOf(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value): Promise<Result<void, CallError>> {
    if (isOff(from) || isOff(to))
      return err({
        kind: 'refused',
        call: 'lambda:PutFunctionConcurrency',
        name: 'Refused',
        message: `reserved concurrency 0 switches ${t.functionName} off: a person sets and lifts it`,
      });
    const done =
      to === 'absent'
        ? await aws.call('lambda:DeleteFunctionConcurrency', { FunctionName: t.functionName })
        : await aws.call('lambda:PutFunctionConcurrency', { FunctionName: t.functionName, ReservedConcurrentExecutions: to.reserved });
    return done.ok ? ok(undefined) : done;
  },
  same,
  show: (t: Target, from: Value, to: Value) => `${t.functionName}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--function-name ${t.functionName} --region ${t.region}`;
    return to === 'absent'
      ? `aws lambda delete-function-concurrency ${on}`
      : `aws lambda put-function-concurrency ${on} --reserved-concurrent-executions ${to.reserved}`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.reserved)),
});

const lasting = (t: Target, reserved: number): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// in the props of the function ${t.functionName}\nreservedConcurrentExecutions: ${reserved},`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::Lambda::Function ${t.functionName}\nReservedConcurrentExecutions: ${reserved}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# on the aws_lambda_function ${t.functionName}\nreserved_concurrent_executions = ${reserved}`,
  },
];
