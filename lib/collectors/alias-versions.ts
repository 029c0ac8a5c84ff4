// The versions behind the aliases that the deployment names: where each alias points, what each version served of late, and whether it is
// still there. The proof that the version before was clean is made of this; no caller can forge any of it.
import type { Answer, Aws } from '../aws/calls.ts';
import type { FunctionRef, StageRef } from '../model/api.ts';
import { functionsToLookAt } from '../model/deployed.ts';
import { got, missing, type Evidence, type Missing, type Window } from '../model/evidence.ts';
import type { AliasFact, AliasVersions, Served, VersionFact } from '../model/kinds/release.ts';
import { err, ok, type Result } from '../model/result.ts';
import { minuteMs } from '../model/series.ts';
import { collector, notHad } from './collector.ts';
import { executedVersions } from './reading/executed-versions.ts';
import { behindTheStage, functionName, outOfReach, partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    aliasVersions: AliasVersions;
  }
}

const calls = ['lambda:GetAlias', 'lambda:GetFunctionConfiguration', 'cloudwatch:GetMetricData'] as const;
type Calls = (typeof calls)[number];

/** The functions of a stage that may have been released: few are released at once. */
const aliasesRead = 3;
/** $LATEST, the version pointed to, and two that served lately. */
const versionsEach = 4;
/** A version is known by what it served this long before the window (which begins ten minutes before the first failure). */
const lookBackMs = 60 * minuteMs;

interface Asked {
  readonly key: string;
  readonly ref: FunctionRef & { readonly qualifier: string };
}

export default collector({
  kind: 'aliasVersions',
  title: 'Versions behind the aliases, and what each served',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 1 + aliasesRead * (1 + versionsEach),
  async read(aws, { at, have, lines, window }) {
    const behind = behindTheStage(have.deployedApi, (api) => functionsToLookAt(api, lines));
    if (!behind.ok) return behind.error;
    const asked = behind.value.flatMap(({ key, ref }) => aliasOf(key, ref, at)).slice(0, aliasesRead);
    if (asked.length === 0) return missing('empty', 'no function behind the stage is called through an alias');
    const span = { from: window.from - lookBackMs, to: window.to };
    const served = await executedVersions(
      aws,
      asked.map(({ key, ref }) => ({ key, name: ref.name, alias: ref.qualifier })),
      span,
    );
    if (!served.ok) return served.error;
    const facts = await Promise.all(
      asked.map(async (one) => ({ key: one.key, answer: await factOf(aws, one, at, served.value.get(one.key) ?? {}) })),
    );
    return together(facts, span);
  },
});

const aliasOf = (key: string, ref: FunctionRef, at: StageRef): readonly Asked[] => {
  const { qualifier } = ref;
  const alias = qualifier !== undefined && qualifier !== '$LATEST' && !/^\d{1,20}$/.test(qualifier);
  return alias && !outOfReach(ref, at) ? [{ key, ref: { ...ref, qualifier } }] : [];
};

function together(
  facts: readonly { readonly key: string; readonly answer: Result<AliasFact, Missing> }[],
  span: Window,
): Evidence<AliasVersions> {
  const had = facts.flatMap(({ key, answer }) => (answer.ok ? [[key, answer.value] as const] : []));
  const notHere = facts.flatMap(({ key, answer }) => (answer.ok ? [] : [[key, answer.error] as const]));
  const [first] = notHere;
  if (had.length === 0 && first) return first[1];
  return got({ aliases: Object.fromEntries(had), ...partly(Object.fromEntries(notHere)) }, span, 'aws');
}

async function factOf(
  aws: Aws<Calls>,
  { ref }: Asked,
  at: StageRef,
  served: Readonly<Record<string, Served>>,
): Promise<Result<AliasFact, Missing>> {
  const FunctionName = functionName(ref, at);
  const alias = await aws.call('lambda:GetAlias', { FunctionName, Name: ref.qualifier });
  if (!alias.ok) return err(notHad(alias.error));
  const version = alias.value.FunctionVersion;
  if (version === undefined) return err(missing('empty', `lambda:GetAlias told no version of ${ref.name}:${ref.qualifier}`));
  const wanted = [...new Set(['$LATEST', version, ...lately(served)])].slice(0, versionsEach);
  const each = await Promise.all(wanted.map(async (one) => [one, await versionOf(aws, FunctionName, one)] as const));
  const failed = each.find(([, answer]) => !answer.ok);
  if (failed && !failed[1].ok) return err(failed[1].error);
  const weights = Object.entries(alias.value.RoutingConfig?.AdditionalVersionWeights ?? {});
  return ok({
    ref,
    version,
    weights: Object.fromEntries(weights.flatMap(([name, share]) => (share === undefined ? [] : [[name, share]]))),
    versions: Object.fromEntries(each.flatMap(([one, answer]) => (answer.ok ? [[one, answer.value]] : []))),
    served,
  });
}

/** Those that served last come first. */
const lately = (served: Readonly<Record<string, Served>>): readonly string[] =>
  Object.entries(served)
    .toSorted(([, a], [, b]) => (b.invocations.at.at(-1) ?? 0) - (a.invocations.at.at(-1) ?? 0))
    .map(([version]) => version);

async function versionOf(aws: Aws<Calls>, FunctionName: string, Qualifier: string): Promise<Result<VersionFact, Missing>> {
  const answer = await aws.call('lambda:GetFunctionConfiguration', { FunctionName, Qualifier });
  if (answer.ok) return ok({ exists: true, ...fact(answer.value) });
  return answer.error.kind === 'gone' ? ok({ exists: false }) : err(notHad(answer.error));
}

function fact(c: Extract<Answer<'lambda:GetFunctionConfiguration'>, { ok: true }>['value']): Omit<VersionFact, 'exists'> {
  const modifiedAt = c.LastModified === undefined ? NaN : Date.parse(c.LastModified);
  return {
    ...(c.CodeSha256 === undefined ? {} : { codeSha256: c.CodeSha256 }),
    ...(Number.isNaN(modifiedAt) ? {} : { modifiedAt }),
    ...(c.Timeout === undefined ? {} : { timeoutSeconds: c.Timeout }),
    ...(c.MemorySize === undefined ? {} : { memoryMb: c.MemorySize }),
  };
}
