// What a function may use: timeout and memory (changed in the background, fixes.md §4), reserved concurrency (§3), its runtime's version.
import { ok, type Result } from '../../../model/result.ts';
import { spread } from '../base.ts';
import { provisionedOf } from '../environments.ts';
import { fail, type Failure, meta } from '../failure.ts';
import { arnOf, type LambdaFunction, readFunctionName, type Release, runtimeArn } from '../functions.ts';
import type { Caller } from '../trail.ts';
import { configuration, find, missing } from './lambda.ts';
import { stale, updating } from './lambda-versions.ts';
import type { Answers, Parts } from './parts.ts';

type Names =
  | 'lambda:UpdateFunctionConfiguration'
  | 'lambda:PutFunctionConcurrency'
  | 'lambda:DeleteFunctionConcurrency'
  | 'lambda:GetRuntimeManagementConfig'
  | 'lambda:PutRuntimeManagementConfig';

const refuse = (message: string) => fail('refused', 'InvalidParameterValueException', message);
/** What Lambda keeps free for functions without a reservation (AWS "Lambda quotas"). */
const unreservedMinimum = 100;

function note(parts: Parts, eventName: string, fn: LambdaFunction, by: Caller, more: Readonly<Record<string, unknown>>): void {
  parts.trail.record({
    eventName,
    eventSource: 'lambda.amazonaws.com',
    by,
    requestParameters: { functionName: fn.name, ...more },
    resources: [
      { type: 'AWS::Lambda::Function', name: fn.name },
      { type: 'AWS::Lambda::Function', name: arnOf(parts.base, fn.name) },
    ],
  });
}

/** The old configuration serves until the update is done; the revision changes when it begins and when it ends. */
function reconfigure({ base, functions }: Parts, fn: LambdaFunction, to: { timeoutSeconds: number; memoryMb: number }): void {
  const serves = fn.latest;
  fn.latest = {
    ...serves,
    ...to,
    revision: base.id(),
    modifiedAt: base.clock.now(),
    madeOn: functions.runtimes.get(serves.runtime) ?? serves.madeOn,
  };
  fn.updating = { serves };
  base.clock.after(
    Math.round(spread(2000, 6000, base.seed, 'update', base.next())),
    () => {
      delete fn.updating;
      fn.latest = { ...fn.latest, revision: base.id() };
      fn.environments.delete('$LATEST');
    },
    { quiet: true },
  );
}

const within = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most;
/** The fields the sandbox changes; any other is a mistake of whoever calls. */
const known = new Set(['FunctionName', 'Timeout', 'MemorySize', 'RevisionId']);

function reserve(parts: Parts, fn: LambdaFunction, wanted: number): Result<void, Failure> {
  if (!within(wanted, 0, 1_000_000)) return fail('refused', 'ValidationException', `${wanted} is no number of executions`);
  const provisioned = provisionedOf(fn);
  if (wanted < provisioned)
    return refuse(
      ` ReservedConcurrentExecutions  ${wanted} should not be lower than function's total provisioned concurrency [${provisioned}].`,
    );
  const least = Math.min(unreservedMinimum, parts.concurrencyLimit);
  if (parts.provisioning.unreserved() + (fn.reserved ?? provisioned) - wanted < least)
    return refuse(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
    );
  fn.reserved = wanted;
  return ok(undefined);
}

/** Reserved concurrency is the function's, never a qualifier's. */
function unqualified(parts: Parts, name: string | undefined): Result<LambdaFunction, Failure> {
  if (readFunctionName(name).qualifier !== undefined)
    return refuse(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  const found = find(parts, name);
  return found.ok ? ok(found.value.fn) : found;
}

/** A version by its number, or $LATEST; an alias has no runtime of its own. */
function versionAt(
  parts: Parts,
  name: string | undefined,
  qualifier: string | undefined,
): Result<{ fn: LambdaFunction; release: Release }, Failure> {
  const found = find(parts, name, qualifier);
  if (!found.ok) return found;
  const { fn } = found.value;
  const release =
    found.value.qualifier === undefined || found.value.qualifier === '$LATEST' ? fn.latest : fn.versions.get(found.value.qualifier);
  return release ? ok({ fn, release }) : missing(parts, fn.name, found.value.qualifier);
}

/** Which version of this runtime an ARN names; AWS takes no other. */
function numberOf({ base, functions }: Parts, runtime: string, arn: string | undefined, most: number): number | undefined {
  for (let n = functions.runtimes.get(runtime) ?? most; n > 0; n--) if (runtimeArn(base, runtime, n) === arn) return n;
  return undefined;
}

function runtimes(parts: Parts): Pick<Answers, 'lambda:GetRuntimeManagementConfig' | 'lambda:PutRuntimeManagementConfig'> {
  const shown = (fn: LambdaFunction, release: Release) => {
    const { on, number } = fn.runtimeManagement.get(release.version) ?? { on: 'Auto' as const };
    return {
      ...meta,
      UpdateRuntimeOn: on,
      FunctionArn: arnOf(parts.base, fn.name, release.version),
      ...(number === undefined ? {} : { RuntimeVersionArn: runtimeArn(parts.base, release.runtime, number) }),
    };
  };
  return {
    'lambda:GetRuntimeManagementConfig': (input) => {
      const at = versionAt(parts, input.FunctionName, input.Qualifier);
      return at.ok ? ok(shown(at.value.fn, at.value.release)) : at;
    },
    'lambda:PutRuntimeManagementConfig': (input, by) => {
      const at = versionAt(parts, input.FunctionName, input.Qualifier);
      if (!at.ok) return at;
      const { fn, release } = at.value;
      const number = numberOf(parts, release.runtime, input.RuntimeVersionArn, release.madeOn);
      if (input.UpdateRuntimeOn === 'Manual' && number === undefined)
        return refuse(`Runtime Version Arn ${input.RuntimeVersionArn ?? ''} is not valid for runtime ${release.runtime}`);
      if (input.UpdateRuntimeOn === 'Auto') fn.runtimeManagement.delete(release.version);
      else fn.runtimeManagement.set(release.version, { on: input.UpdateRuntimeOn ?? 'Auto', ...(number === undefined ? {} : { number }) });
      fn.environments.delete(release.version);
      note(parts, 'PutRuntimeManagementConfig20210720', fn, by, { qualifier: release.version, updateRuntimeOn: input.UpdateRuntimeOn });
      return ok({
        ...shown(fn, release),
        UpdateRuntimeOn: input.UpdateRuntimeOn,
        FunctionArn: arnOf(parts.base, fn.name, release.version),
      });
    },
  };
}

export const configurationAnswers = (parts: Parts): Pick<Answers, Names> => ({
  ...runtimes(parts),
  'lambda:UpdateFunctionConfiguration': (input, by) => {
    const other = Object.keys(input).find((key) => !known.has(key));
    if (other !== undefined) return refuse(`the sandbox changes timeout and memory only; this sends ${other}`);
    const found = find(parts, input.FunctionName);
    if (!found.ok) return found;
    const { fn } = found.value;
    if (fn.updating) return updating(parts, fn);
    if (input.RevisionId !== undefined && input.RevisionId !== fn.latest.revision) return stale();
    const to = { timeoutSeconds: input.Timeout ?? fn.latest.timeoutSeconds, memoryMb: input.MemorySize ?? fn.latest.memoryMb };
    if (!within(to.timeoutSeconds, 1, 900) || !within(to.memoryMb, 128, 10_240))
      return fail('refused', 'ValidationException', `Timeout ${to.timeoutSeconds} or MemorySize ${to.memoryMb} is out of range`);
    reconfigure(parts, fn, to);
    note(parts, 'UpdateFunctionConfiguration20150331v2', fn, by, { timeout: input.Timeout, memorySize: input.MemorySize });
    return ok(configuration(parts, fn, fn.latest, undefined));
  },
  'lambda:PutFunctionConcurrency': (input, by) => {
    const fn = unqualified(parts, input.FunctionName);
    if (!fn.ok) return fn;
    const done = reserve(parts, fn.value, input.ReservedConcurrentExecutions ?? -1);
    if (!done.ok) return done;
    const reserved = { reservedConcurrentExecutions: input.ReservedConcurrentExecutions };
    note(parts, 'PutFunctionConcurrency20171031', fn.value, by, reserved);
    return ok({ ...meta, ReservedConcurrentExecutions: input.ReservedConcurrentExecutions });
  },
  'lambda:DeleteFunctionConcurrency': (input, by) => {
    const fn = unqualified(parts, input.FunctionName);
    if (!fn.ok) return fn;
    fn.value.reserved = undefined;
    note(parts, 'DeleteFunctionConcurrency20171031', fn.value, by, {});
    return ok({ ...meta });
  },
});
