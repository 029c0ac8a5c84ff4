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

function fact(c: Configuration): Partial<FunctionFact> {
  const lastModifiedAt = c.LastModified === undefined ? NaN : Date.parse(c.LastModified);
  return {
    ...(c.Timeout === undefined ? {} : { timeoutSeconds: c.Timeout }),
    ...(c.MemorySize === undefined ? {} : { memoryMb: c.MemorySize }),
    ...(c.Runtime === undefined ? {} : { runtime: c.Runtime }),
    ...(c.State === undefined ? {} : { state: c.State }),
    ...(Number.isNaN(lastModifiedAt) ? {} : { lastModifiedAt }),
    ...(c.CodeSha256 === undefined ? {} : { codeSha256: c.CodeSha256 }),
    ...(c.LoggingConfig?.LogGroup === undefined ? {} : { logGroup: c.LoggingConfig.LogGroup }),
  };
}
const aliasFact = (a: Alias): Partial<FunctionFact> => ({
  ...(a.FunctionVersion === undefined ? {} : { aliasVersion: a.FunctionVersion }),
  weighted: Object.keys(a.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0,
});
