// The configuration of each function behind the stage, under the qualifier the deployment names. "Not found" is an answer, not an error.
import type { Answer, Aws } from '../aws/calls.ts';
import type { FunctionRef, StageRef } from '../model/api.ts';
import { got, type Missing } from '../model/evidence.ts';
import type { FunctionConfig, FunctionFact } from '../model/kinds/function.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { askEach, functionName, outOfReach, partly, qualified } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionConfig: FunctionConfig;
  }
}

const calls = ['lambda:GetFunctionConfiguration', 'lambda:GetAlias'] as const;
type Calls = (typeof calls)[number];
type Configuration = Extract<Answer<'lambda:GetFunctionConfiguration'>, { ok: true }>['value'];
type Alias = Extract<Answer<'lambda:GetAlias'>, { ok: true }>['value'];

export default collector({
  kind: 'functionConfig',
  title: 'Configuration of the functions',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 20,
  async read(aws, { at, have, lines, now }) {
    const asked = await askEach(have.deployedApi, lines, ({ ref }) => readFunction(aws, ref, at));
    return asked.ok ? got({ functions: asked.value.had, ...partly(asked.value.notHad) }, { from: now, to: now }, 'aws') : asked.error;
  },
});

const isAlias = (qualifier: string | undefined): qualifier is string =>
  qualifier !== undefined && qualifier !== '$LATEST' && !/^\d{1,20}$/.test(qualifier);

/** One function's configuration, and its alias's version. */
export async function readFunction(aws: Aws<Calls>, ref: FunctionRef, at: StageRef): Promise<Result<FunctionFact, Missing>> {
  if (outOfReach(ref, at))
    return ok({ ref, exists: false, notFound: `Functions from '${ref.region}' are not reachable in this region ('${at.region}')` });
  const FunctionName = functionName(ref, at);
  const [configuration, alias] = await Promise.all([
    aws.call('lambda:GetFunctionConfiguration', { FunctionName, ...qualified(ref) }),
    isAlias(ref.qualifier) ? aws.call('lambda:GetAlias', { FunctionName, Name: ref.qualifier }) : undefined,
  ]);
  if (configuration.ok) return ok({ ref, exists: true, ...fact(configuration.value), ...(alias?.ok ? aliasFact(alias.value) : {}) });
  return configuration.error.kind === 'gone'
    ? ok({ ref, exists: false, notFound: configuration.error.message })
    : err(notHad(configuration.error));
}

/** What the answer tells, without the fields that it leaves out. */
const fact = (c: Configuration): Partial<FunctionFact> => ({ ...limitsOf(c), ...stateOf(c), ...codeOf(c), ...placeOf(c) });

function limitsOf(c: Configuration): Partial<FunctionFact> {
  return {
    ...(c.Timeout === undefined ? {} : { timeoutSeconds: c.Timeout }),
    ...(c.MemorySize === undefined ? {} : { memoryMb: c.MemorySize }),
    ...(c.LoggingConfig?.LogGroup === undefined ? {} : { logGroup: c.LoggingConfig.LogGroup }),
    ...(c.TracingConfig?.Mode === undefined ? {} : { tracing: c.TracingConfig.Mode }),
  };
}

function stateOf(c: Configuration): Partial<FunctionFact> {
  const reason = c.LastUpdateStatusReason;
  const reasonCode = c.LastUpdateStatusReasonCode;
  return {
    ...(c.State === undefined ? {} : { state: c.State }),
    ...(c.StateReason === undefined ? {} : { stateReason: c.StateReason }),
    ...(c.StateReasonCode === undefined ? {} : { stateReasonCode: c.StateReasonCode }),
    ...(c.LastUpdateStatus === undefined
      ? {}
      : { lastUpdate: { status: c.LastUpdateStatus, ...(reason ? { reason } : {}), ...(reasonCode ? { reasonCode } : {}) } }),
  };
}

function codeOf(c: Configuration): Partial<FunctionFact> {
  const lastModifiedAt = c.LastModified === undefined ? NaN : Date.parse(c.LastModified);
  const layers = texts(c.Layers?.map((layer) => layer?.Arn));
  const runtimeVersionArn = c.RuntimeVersionConfig?.RuntimeVersionArn;
  return {
    ...(c.Runtime === undefined ? {} : { runtime: c.Runtime }),
    ...(c.Handler === undefined ? {} : { handler: c.Handler }),
    ...(c.PackageType === undefined ? {} : { packageType: c.PackageType }),
    ...(c.Architectures === undefined ? {} : { architectures: texts(c.Architectures) }),
    ...(layers.length === 0 ? {} : { layers }),
    ...(runtimeVersionArn === undefined ? {} : { runtimeVersionArn }),
    ...(Number.isNaN(lastModifiedAt) ? {} : { lastModifiedAt }),
    ...(c.CodeSha256 === undefined ? {} : { codeSha256: c.CodeSha256 }),
  };
}

function placeOf(c: Configuration): Partial<FunctionFact> {
  const fileSystems = texts(c.FileSystemConfigs?.map((f) => f?.Arn));
  const { Variables: variables, Error: error } = c.Environment ?? {};
  return {
    ...(c.Role === undefined ? {} : { role: c.Role }),
    ...(c.KMSKeyArn ? { kmsKeyArn: c.KMSKeyArn } : {}),
    ...networkOf(c),
    ...(fileSystems.length === 0 ? {} : { fileSystems }),
    ...(variables === undefined ? {} : { environmentNames: Object.keys(variables).sort() }),
    ...(error === undefined ? {} : { environmentError: { code: error.ErrorCode ?? '', message: error.Message ?? '' } }),
  };
}

/** An empty list is how Lambda says that a function stands in no VPC. */
function networkOf({ VpcConfig: vpc }: Configuration): Partial<FunctionFact> {
  const subnetIds = texts(vpc?.SubnetIds);
  if (subnetIds.length === 0) return {};
  return {
    vpc: { ...(vpc?.VpcId ? { vpcId: vpc.VpcId } : {}), subnetIds, securityGroupIds: texts(vpc?.SecurityGroupIds) },
  };
}
const texts = (list: readonly (string | undefined)[] | undefined): readonly string[] =>
  (list ?? []).flatMap((text) => (text === undefined ? [] : [text]));

const aliasFact = (a: Alias): Partial<FunctionFact> => ({
  ...(a.FunctionVersion === undefined ? {} : { aliasVersion: a.FunctionVersion }),
  weighted: Object.keys(a.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0,
});
