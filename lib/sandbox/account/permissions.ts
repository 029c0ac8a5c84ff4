// Invoke permissions of functions as Lambda keeps them: adding, removing, the checks of both, and the CloudTrail record of each.
import { ok, type Result } from '../../model/result.ts';
import type { Base } from './base.ts';
import { fail, type Failure } from './failure.ts';
import { arnOf, type Functions, type LambdaFunction, type NamedFunction } from './functions.ts';
import {
  type GrantInput,
  policyLimitBytes,
  policyText,
  type PolicyStatement,
  type ResourcePolicy,
  rewrite,
  statementOf,
} from './policy.ts';
import type { Caller, Trail } from './trail.ts';

export interface Permissions {
  add(at: NamedFunction, input: GrantInput, by: Caller, revision?: string): Result<PolicyStatement, Failure>;
  remove(at: NamedFunction, statementId: string, by: Caller, options?: { revision?: string; trailDelayMs?: number }): Result<void, Failure>;
  /** The policy of exactly this qualifier. */
  policy(at: NamedFunction): Result<ResourcePolicy, Failure>;
}

const notFound = (base: Base, at: NamedFunction) =>
  fail('gone', 'ResourceNotFoundException', `Function not found: ${arnOf(base, at.name, at.qualifier)}`);
const stale = () =>
  fail(
    'conflict',
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetPolicy API to retrieve the latest Revision Id',
  );

export function createPermissions(base: Base, functions: Functions, trail: Trail): Permissions {
  const find = (at: NamedFunction): Result<LambdaFunction, Failure> => {
    const fn = functions.all.get(at.name);
    if (!fn) return notFound(base, at);
    if (at.qualifier === '$LATEST')
      return fail('refused', 'InvalidParameterValueException', 'We currently do not support adding policies for $LATEST.');
    if (at.qualifier !== undefined && !fn.aliases.has(at.qualifier) && !fn.versions.has(at.qualifier))
      return fail('gone', 'ResourceNotFoundException', `Cannot find alias arn: ${arnOf(base, at.name, at.qualifier)}`);
    return ok(fn);
  };
  const record = (
    name: string,
    at: NamedFunction,
    by: Caller,
    more: Readonly<Record<string, unknown>>,
    delayMs?: number,
    answer?: Readonly<Record<string, unknown>>,
  ): void => {
    const requestParameters = {
      functionName: by.kind === 'stack' ? arnOf(base, at.name) : at.name,
      ...(at.qualifier === undefined ? {} : { qualifier: at.qualifier }),
      ...more,
    };
    const resources = [
      { type: 'AWS::Lambda::Function', name: at.name },
      { type: 'AWS::Lambda::Function', name: arnOf(base, at.name) },
    ];
    trail.record({
      eventName: name,
      eventSource: 'lambda.amazonaws.com',
      by,
      requestParameters,
      resources,
      ...(answer ? { responseElements: answer } : {}),
      ...(delayMs === undefined ? {} : { delayMs }),
    });
  };
  return {
    policy(at) {
      const fn = find(at);
      if (!fn.ok) return fn;
      const policy = fn.value.policies.get(at.qualifier ?? '');
      return policy && policy.statements.length > 0
        ? ok(policy)
        : fail('gone', 'ResourceNotFoundException', 'The resource you requested does not exist.');
    },
    add(at, input, by, revision) {
      const fn = find(at);
      if (!fn.ok) return fn;
      const policy = fn.value.policies.get(at.qualifier ?? '');
      const before = policy?.statements ?? [];
      if (revision !== undefined && revision !== policy?.revision) return stale();
      if (before.some((s) => s.Sid === input.statementId))
        return fail(
          'conflict',
          'ResourceConflictException',
          `The statement id (${input.statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        );
      const statement = statementOf(input, arnOf(base, at.name, at.qualifier));
      const after = [...before, statement];
      if (Buffer.byteLength(policyText(after)) > policyLimitBytes)
        return fail(
          'refused',
          'PolicyLengthExceededException',
          `The final policy size (${Buffer.byteLength(policyText(after))}) is bigger than the limit (${policyLimitBytes}).`,
        );
      rewrite(base, fn.value.policies, at.qualifier ?? '', after);
      record('AddPermission20150331v2', at, by, { ...input }, undefined, { statement: JSON.stringify(statement) });
      return ok(statement);
    },
    remove(at, statementId, by, options) {
      const fn = find(at);
      if (!fn.ok) return fn;
      const policy = fn.value.policies.get(at.qualifier ?? '');
      if (!policy || policy.statements.length === 0)
        return fail('gone', 'ResourceNotFoundException', 'No policy is associated with the given resource.');
      if (!policy.statements.some((s) => s.Sid === statementId))
        return fail('gone', 'ResourceNotFoundException', `Statement ${statementId} is not found in resource policy.`);
      if (options?.revision !== undefined && options.revision !== policy.revision) return stale();
      rewrite(
        base,
        fn.value.policies,
        at.qualifier ?? '',
        policy.statements.filter((s) => s.Sid !== statementId),
      );
      record('RemovePermission20150331v2', at, by, { statementId }, options?.trailDelayMs);
      return ok(undefined);
    },
  };
}
