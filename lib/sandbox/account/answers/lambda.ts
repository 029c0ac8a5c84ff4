// Lambda's control plane: configuration, policies, aliases, concurrency, in the SDK's shapes and with Lambda's own refusals.
import { ok, type Result } from '../../../model/result.ts';
import type { LambdaChange } from '../../../aws/table/lambda-changes.ts';
import { fail, type Failure, meta } from '../failure.ts';
import { type Alias, arnOf, type LambdaFunction, readFunctionName, type Release, runtimeArn, runtimeOf } from '../functions.ts';
import type { GrantInput } from '../policy.ts';
import { policyText } from '../policy.ts';
import type { Answers, Parts } from './parts.ts';

type Names = Exclude<Extract<keyof Answers, `lambda:${string}`>, LambdaChange>;

/** A function's or a version's configuration, as every call that answers one shows it. */
export function configuration(parts: Parts, fn: LambdaFunction, release: Release, qualifier: string | undefined) {
  const { base } = parts;
  const variables = Object.keys(fn.environment).length === 0 ? {} : { Environment: { Variables: { ...fn.environment } } };
  return {
    ...meta,
    FunctionName: fn.name,
    FunctionArn: arnOf(base, fn.name, qualifier),
    Runtime: release.runtime as never,
    Role: `arn:aws:iam::${base.here.accountId}:role/${fn.role}`,
    Handler: 'index.handler',
    CodeSize: 4096,
    Description: release.description ?? '',
    Timeout: release.timeoutSeconds,
    MemorySize: release.memoryMb,
    LastModified: new Date(release.modifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: release.codeSha256,
    Version: release.version,
    TracingConfig: { Mode: fn.traced ? ('Active' as const) : ('PassThrough' as const) },
    RevisionId: release.revision,
    ...stateOf(fn),
    ...(fn.kmsKeyArn === undefined ? {} : { KMSKeyArn: fn.kmsKeyArn }),
    LastUpdateStatus: fn.updating && release === fn.latest ? ('InProgress' as const) : ('Successful' as const),
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn(base, release.runtime, runtimeOf(parts.functions, fn, release)) },
    PackageType: 'Zip' as const,
    Architectures: ['x86_64' as const],
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: 'Text' as const, LogGroup: fn.logGroup },
    ...variables,
    ...vpcOf(parts, fn.name),
  };
}

function vpcOf({ network }: Parts, name: string) {
  const place = network.places.get(name);
  return place ? { VpcConfig: { VpcId: network.vpcId, SubnetIds: [...place.subnets], SecurityGroupIds: [...place.groups] } } : {};
}

export function aliasConfiguration({ base }: Parts, fn: LambdaFunction, alias: Alias) {
  const routing = Object.keys(alias.weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } };
  return {
    AliasArn: arnOf(base, fn.name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: '',
    RevisionId: alias.revision,
    ...routing,
  };
}

const stateOf = ({ state }: LambdaFunction) =>
  state === undefined
    ? { State: 'Active' as const }
    : { State: state.state as never, StateReason: state.reason, StateReasonCode: state.code as never };

export const missing = ({ base }: Parts, name: string, qualifier?: string) =>
  fail('gone', 'ResourceNotFoundException', `Function not found: ${arnOf(base, name, qualifier)}`);

export function find(
  parts: Parts,
  nameOrArn: string | undefined,
  qualifier?: string,
): Result<{ fn: LambdaFunction; qualifier: string | undefined }, Failure> {
  const at = readFunctionName(nameOrArn, qualifier);
  const fn = parts.functions.all.get(at.name);
  return fn ? ok({ fn, qualifier: at.qualifier }) : missing(parts, at.name, at.qualifier);
}

function releaseOf(fn: LambdaFunction, qualifier: string | undefined): Release | undefined {
  if (qualifier === undefined || qualifier === '$LATEST') return fn.latest;
  const version = fn.aliases.get(qualifier)?.version ?? qualifier;
  return version === '$LATEST' ? fn.latest : fn.versions.get(version);
}

function reads(parts: Parts): Pick<Answers, Exclude<Names, Writes>> {
  const { base, functions, permissions, provisioning } = parts;
  return {
    'lambda:GetFunctionConfiguration': (input) => {
      const found = find(parts, input.FunctionName, input.Qualifier);
      if (!found.ok) return found;
      const release = releaseOf(found.value.fn, found.value.qualifier);
      return release
        ? ok(configuration(parts, found.value.fn, release, found.value.qualifier))
        : missing(parts, found.value.fn.name, found.value.qualifier);
    },
    'lambda:GetPolicy': (input) => {
      const policy = permissions.policy(readFunctionName(input.FunctionName, input.Qualifier));
      return policy.ok ? ok({ ...meta, Policy: policyText(policy.value.statements), RevisionId: policy.value.revision }) : policy;
    },
    'lambda:GetAlias': (input) => {
      const found = find(parts, input.FunctionName);
      if (!found.ok) return found;
      const alias = found.value.fn.aliases.get(input.Name ?? '');
      if (!alias)
        return fail('gone', 'ResourceNotFoundException', `Cannot find alias arn: ${arnOf(base, found.value.fn.name, input.Name)}`);
      return ok({ ...meta, ...aliasConfiguration(parts, found.value.fn, alias) });
    },
    'lambda:ListTags': (input) => {
      const found = find(parts, input.Resource);
      return found.ok ? ok({ ...meta, Tags: { ...found.value.fn.tags } }) : found;
    },
    'lambda:GetFunctionConcurrency': (input) => {
      const found = find(parts, input.FunctionName);
      if (!found.ok) return found;
      return ok({ ...meta, ...(found.value.fn.reserved === undefined ? {} : { ReservedConcurrentExecutions: found.value.fn.reserved }) });
    },
    'lambda:GetAccountSettings': () =>
      ok({
        ...meta,
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: parts.concurrencyLimit,
          UnreservedConcurrentExecutions: provisioning.unreserved(),
        },
        AccountUsage: { TotalCodeSize: 4096 * functions.all.size, FunctionCount: functions.all.size },
      }),
    'lambda:GetProvisionedConcurrencyConfig': (input) => {
      const at = readFunctionName(input.FunctionName, input.Qualifier);
      const found = provisioning.get(at.name, at.qualifier);
      return found.ok ? ok({ ...meta, ...provisioned(found.value) }) : found;
    },
  };
}

function provisioned(p: {
  requested: number;
  allocated: number;
  status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  reason?: string;
  modifiedAt: number;
}) {
  return {
    RequestedProvisionedConcurrentExecutions: p.requested,
    AvailableProvisionedConcurrentExecutions: p.allocated,
    AllocatedProvisionedConcurrentExecutions: p.allocated,
    Status: p.status,
    ...(p.reason === undefined ? {} : { StatusReason: p.reason }),
    LastModified: new Date(p.modifiedAt).toISOString().replace('Z', '+0000'),
  };
}

type Writes =
  | 'lambda:AddPermission'
  | 'lambda:RemovePermission'
  | 'lambda:PutProvisionedConcurrencyConfig'
  | 'lambda:DeleteProvisionedConcurrencyConfig';

const derived = () =>
  fail('refused', 'InvalidParameterValueException', 'The derived qualifier from the function name does not match the specified qualifier.');
const twoQualifiers = (nameOrArn: string | undefined, qualifier: string | undefined): boolean => {
  const own = readFunctionName(nameOrArn).qualifier;
  return own !== undefined && qualifier !== undefined && own !== qualifier;
};

function writes(parts: Parts): Pick<Answers, Writes> {
  const { base, permissions, provisioning, trail } = parts;
  return {
    'lambda:AddPermission': (input, by) => {
      if (twoQualifiers(input.FunctionName, input.Qualifier)) return derived();
      if (!/^[a-zA-Z0-9-_]{1,100}$/.test(input.StatementId ?? ''))
        return fail(
          'refused',
          'ValidationException',
          `1 validation error detected: Value '${input.StatementId}' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)`,
        );
      if (!/^[a-z0-9.*:/-]{1,256}$/i.test(input.Principal ?? ''))
        return fail(
          'refused',
          'InvalidParameterValueException',
          'The provided principal was invalid. Please check the principal and try again.',
        );
      const grant: GrantInput = {
        statementId: input.StatementId ?? '',
        action: input.Action ?? '',
        principal: input.Principal ?? '',
        ...(input.SourceArn === undefined ? {} : { sourceArn: input.SourceArn }),
        ...(input.SourceAccount === undefined ? {} : { sourceAccount: input.SourceAccount }),
      };
      const added = permissions.add(readFunctionName(input.FunctionName, input.Qualifier), grant, by, input.RevisionId);
      return added.ok ? ok({ ...meta, Statement: JSON.stringify(added.value) }) : added;
    },
    'lambda:RemovePermission': (input, by) => {
      if (twoQualifiers(input.FunctionName, input.Qualifier)) return derived();
      const removed = permissions.remove(
        readFunctionName(input.FunctionName, input.Qualifier),
        input.StatementId ?? '',
        by,
        input.RevisionId === undefined ? {} : { revision: input.RevisionId },
      );
      return removed.ok ? ok({ ...meta }) : removed;
    },
    'lambda:PutProvisionedConcurrencyConfig': (input, by) => {
      const at = readFunctionName(input.FunctionName, input.Qualifier);
      const put = provisioning.put(at.name, at.qualifier, input.ProvisionedConcurrentExecutions);
      if (!put.ok) return put;
      trail.record({
        eventName: 'PutProvisionedConcurrencyConfig',
        eventSource: 'lambda.amazonaws.com',
        by,
        requestParameters: {
          functionName: at.name,
          qualifier: at.qualifier,
          provisionedConcurrentExecutions: input.ProvisionedConcurrentExecutions,
        },
        resources: [
          { type: 'AWS::Lambda::Function', name: at.name },
          { type: 'AWS::Lambda::Function', name: arnOf(base, at.name) },
        ],
      });
      return ok({ ...meta, ...provisioned(put.value) });
    },
    'lambda:DeleteProvisionedConcurrencyConfig': (input, by) => {
      const at = readFunctionName(input.FunctionName, input.Qualifier);
      const removed = provisioning.remove(at.name, at.qualifier);
      if (!removed.ok) return removed;
      trail.record({
        eventName: 'DeleteProvisionedConcurrencyConfig',
        eventSource: 'lambda.amazonaws.com',
        by,
        requestParameters: { functionName: at.name, qualifier: at.qualifier },
        resources: [
          { type: 'AWS::Lambda::Function', name: at.name },
          { type: 'AWS::Lambda::Function', name: arnOf(base, at.name) },
        ],
      });
      return ok({ ...meta });
    },
  };
}

export const lambdaAnswers = (parts: Parts): Pick<Answers, Names> => ({ ...reads(parts), ...writes(parts) });
