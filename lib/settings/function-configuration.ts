// Timeout and memory of a function's unpublished code ($LATEST): published versions never change (fixes.md §4). The call could change any
// other field as well, so it is made with a role of its own, and sends nothing but these two.
import * as v from 'valibot';
import type { Answer, Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { functionOf } from './alias-version.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';

const target = v.object({ accountId: v.string(), region: v.string(), functionName: v.string() });
/** Lambda's own limits (fixes.md §4). */
const value = v.object({
  timeoutSeconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(900)),
  memoryMb: v.pipe(v.number(), v.integer(), v.minValue(128), v.maxValue(10_240)),
});
export type ConfigurationTarget = v.InferOutput<typeof target>;
export type ConfigurationValue = v.InferOutput<typeof value>;
type Target = ConfigurationTarget;
type Value = ValueOf<ConfigurationValue>;
type Read = 'lambda:GetFunctionConfiguration';
type Write = 'lambda:UpdateFunctionConfiguration';

/** US dollars a GB-second of work, us-east-1, x86 (AWS "Lambda pricing"); arm costs a fifth less, so this never shows too little there. */
const usdPerGbSecond = 0.0000166667;

const same = (a: Value, b: Value): boolean =>
  a === 'absent' || b === 'absent' ? a === b : a.timeoutSeconds === b.timeoutSeconds && a.memoryMb === b.memoryMb;

function valueOf(c: Extract<Answer<Read>, { ok: true }>['value']): Value {
  const { Timeout: timeoutSeconds, MemorySize: memoryMb } = c;
  return timeoutSeconds === undefined || memoryMb === undefined ? 'absent' : { timeoutSeconds, memoryMb };
}

/** Only what differs is sent: the less a call names, the less it can break. */
const changed = (from: ConfigurationValue, to: ConfigurationValue) => ({
  ...(from.timeoutSeconds === to.timeoutSeconds ? {} : { Timeout: to.timeoutSeconds }),
  ...(from.memoryMb === to.memoryMb ? {} : { MemorySize: to.memoryMb }),
});

/** An update under way turns the next one away with a conflict that only time ends (fixes.md §4): it is tried again later. */
const notNow = (error: CallError): CallError =>
  error.kind === 'conflict' && error.message.includes('update is in progress') ? { ...error, kind: 'throttled' } : error;

const gone = (t: Target): Result<never, CallError> =>
  err({
    kind: 'refused',
    call: 'lambda:UpdateFunctionConfiguration',
    name: 'Refused',
    message: `the configuration of ${t.functionName} is not there; a function is changed, never made or deleted`,
  });

const show = (one: Value): string => (one === 'absent' ? 'no function' : `${one.timeoutSeconds} s, ${one.memoryMb} MB`);

/** What a second of work costs: how often the function runs is not ours to guess. */
const priceOf = ({ memoryMb }: ConfigurationValue): string => `$${((memoryMb / 1024) * usdPerGbSecond).toFixed(7)}`;
const price = (from: Value, to: Value): string =>
  from === 'absent' || to === 'absent' || from.memoryMb === to.memoryMb
    ? ''
    : ` (a second of work costs ${priceOf(to)} instead of ${priceOf(from)})`;

export default setting({
  id: 'function-configuration',
  title: 'Timeout and memory of a function’s unpublished code',
  target,
  value,
  calls: { read: ['lambda:GetFunctionConfiguration'], write: ['lambda:UpdateFunctionConfiguration'] },
  race: 'none: the call carries the revision that was read, and any other update changes it.',
  mustSettle: true,
  hand: 'function-configuration',
  lockKey: (t: Target) => `function-configuration:${t.accountId}:${t.region}:${t.functionName}`,
  writesTo: (t: Target) => functionOf(t),
  async read(aws: Aws<Read>, t: Target): Promise<Result<Reading<ConfigurationValue>, CallError>> {
    const answer = await aws.call('lambda:GetFunctionConfiguration', { FunctionName: t.functionName });
    if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(`the function ${t.functionName}`)) : answer;
    const { RevisionId: revision } = answer.value;
    return ok({ value: valueOf(answer.value), ...(revision === undefined ? {} : { revision }) });
  },
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value, revision?: string): Promise<Result<void, CallError>> {
    if (from === 'absent' || to === 'absent') return gone(t);
    const answer = await aws.call('lambda:UpdateFunctionConfiguration', {
      FunctionName: t.functionName,
      ...changed(from, to),
      ...(revision === undefined ? {} : { RevisionId: revision }),
    });
    return answer.ok ? ok(undefined) : err(notNow(answer.error));
  },
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value): Promise<Result<'settled' | 'settling' | { readonly failed: string }, CallError>> {
    const answer = await aws.call('lambda:GetFunctionConfiguration', { FunctionName: t.functionName });
    if (!answer.ok) return answer;
    const { LastUpdateStatus: status, LastUpdateStatusReason: reason } = answer.value;
    if (status === 'Failed') return ok({ failed: `Lambda could not update ${t.functionName}: ${reason ?? 'it gives no reason'}` });
    return ok(status === 'Successful' && same(valueOf(answer.value), to) ? 'settled' : 'settling');
  },
  show: (t: Target, from: Value, to: Value) => `${t.functionName}: ${show(from)} → ${show(to)}${price(from, to)}`,
  byHand: (t: Target, _from: Value, to: Value) =>
    to === 'absent'
      ? `# the function ${t.functionName} was not made by Gatemedic: leave it`
      : `aws lambda update-function-configuration --function-name ${t.functionName} --region ${t.region} --timeout ${to.timeoutSeconds} --memory-size ${to.memoryMb}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to)),
});

const lasting = (t: Target, { timeoutSeconds, memoryMb }: ConfigurationValue): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// in the props of the function ${t.functionName}\ntimeout: Duration.seconds(${timeoutSeconds}),\nmemorySize: ${memoryMb},`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::Lambda::Function ${t.functionName}\nTimeout: ${timeoutSeconds}\nMemorySize: ${memoryMb}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# on the aws_lambda_function ${t.functionName}\ntimeout     = ${timeoutSeconds}\nmemory_size = ${memoryMb}`,
  },
];
