// An alias moved to the version that the same plan published: which number that gets is only known once it is there, so it is named by the
// token in its description. Undo moves it back to the number it came from.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { aliasLock, functionOf, lasting, noAlias, noAliasNow, pointAt, pointedAt, sameWeights, shares } from './alias-version.ts';
import { descriptionOf, publishedFor } from './function-version.ts';
import { setting, type Reading, type ValueOf } from './setting.ts';

const target = v.object({ accountId: v.string(), region: v.string(), functionName: v.string(), alias: v.string(), token: v.string() });
/** `ours`: the version this plan published. `version` is its number, once it is known. */
const value = v.object({
  version: v.optional(v.string()),
  ours: v.optional(v.literal(true)),
  weights: v.record(v.string(), v.number()),
});
export type PublishedTarget = v.InferOutput<typeof target>;
export type PublishedValue = v.InferOutput<typeof value>;
type Target = PublishedTarget;
type Value = ValueOf<PublishedValue>;
type Read = 'lambda:GetAlias' | 'lambda:GetFunctionConfiguration';
type Write = 'lambda:UpdateAlias' | 'lambda:ListVersionsByFunction';

function same(a: Value, b: Value): boolean {
  if (a === 'absent' || b === 'absent') return a === b;
  const one = a.ours === b.ours && (a.ours === true || a.version === b.version);
  return one && sameWeights(a.weights, b.weights);
}

async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<PublishedValue>, CallError>> {
  const alias = await aws.call('lambda:GetAlias', { FunctionName: t.functionName, Name: t.alias });
  if (!alias.ok) return alias.error.kind === 'gone' ? ok(noAliasNow(alias.error, t)) : alias;
  const now = pointedAt(alias.value);
  const version = await aws.call('lambda:GetFunctionConfiguration', { FunctionName: t.functionName, Qualifier: now.version });
  if (!version.ok && version.error.kind !== 'gone') return version;
  const ours = version.ok && version.value.Description === descriptionOf(t.token);
  const { RevisionId: revision } = alias.value;
  return ok({ value: { ...now, ...(ours ? { ours: true } : {}) }, ...(revision === undefined ? {} : { revision }) });
}

const show = (one: Value): string =>
  one === 'absent'
    ? 'no alias'
    : one.ours
      ? 'the version published by this change'
      : shares({ version: one.version ?? '?', weights: one.weights });

export default setting({
  id: 'published-alias',
  title: 'An alias on the version that a change published',
  target,
  value,
  calls: {
    read: ['lambda:GetAlias', 'lambda:GetFunctionConfiguration'],
    write: ['lambda:UpdateAlias', 'lambda:ListVersionsByFunction'],
  },
  race: 'none: UpdateAlias carries the revision that was read, and a release in between changes it.',
  lockKey: (t: Target) => aliasLock(t),
  writesTo: (t: Target) => functionOf(t),
  read,
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value, revision?: string): Promise<Result<void, CallError>> {
    if (from === 'absent' || to === 'absent') return noAlias(t);
    const version = to.ours ? await publishedFor(aws, t) : ok(to.version);
    if (!version.ok) return version;
    if (version.value === undefined)
      return err({
        kind: 'refused',
        call: 'lambda:UpdateAlias',
        name: 'Refused',
        message: `no version of ${t.functionName} is described as "${descriptionOf(t.token)}"; publish it first`,
      });
    return await pointAt(aws, t, { version: version.value, weights: to.weights }, revision);
  },
  same,
  show: (t: Target, from: Value, to: Value) => `${t.functionName}:${t.alias}: ${show(from)} → ${show(to)}`,
  byHand: (t: Target, _from: Value, to: Value) => {
    const on = `--function-name ${t.functionName} --name ${t.alias} --region ${t.region}`;
    if (to === 'absent') return `# the alias ${t.functionName}:${t.alias} was not made by Gatemedic: leave it`;
    if (!to.ours)
      return `aws lambda update-alias ${on} --function-version ${to.version ?? ''} --routing-config '${JSON.stringify({ AdditionalVersionWeights: to.weights })}'`;
    const wanted = `aws lambda list-versions-by-function --function-name ${t.functionName} --region ${t.region} --query "Versions[?Description=='${descriptionOf(t.token)}'].Version | [0]" --output text`;
    return `aws lambda update-alias ${on} --routing-config '{"AdditionalVersionWeights":{}}' --function-version "$(${wanted})"`;
  },
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' || to.version === undefined ? [] : lasting(t, to.version)),
});
