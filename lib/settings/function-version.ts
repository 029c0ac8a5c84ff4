// A version published of the code that is in service, with a configuration that was just changed. It cannot be taken back, for Gatemedic
// deletes no version; it is harmless by itself, for no request runs it until an alias points to it. Named by its description.
import * as v from 'valibot';
import type { Answer, Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { functionOf } from './alias-version.ts';
import { setting, type ValueOf } from './setting.ts';

/** `codeSha256`: the code that is in service; Lambda refuses to publish any other. */
const versionTarget = v.object({
  accountId: v.string(),
  region: v.string(),
  functionName: v.string(),
  token: v.string(),
  codeSha256: v.string(),
});
const value = v.object({ published: v.literal(true) });
export type VersionTarget = v.InferOutput<typeof versionTarget>;
export type VersionValue = v.InferOutput<typeof value>;
type Target = VersionTarget;
type Value = ValueOf<VersionValue>;
type Read = 'lambda:ListVersionsByFunction';
type Write = 'lambda:PublishVersion';

/** What a version published for this token carries as its description. */
export const descriptionOf = (token: string): string => `gatemedic ${token}`;

/** Fifty a page (SDK: MaxItems), oldest first: ours is on the last. A function with more versions than this is told, not searched for ever. */
const pages = 20;
type Listed = NonNullable<NonNullable<Extract<Answer<Read>, { ok: true }>['value']['Versions']>[number]>;

/** The number of the version that was published for this token; undefined where there is none. */
export async function publishedFor(
  aws: Aws<Read>,
  { functionName, token }: Pick<Target, 'functionName' | 'token'>,
): Promise<Result<string | undefined, CallError>> {
  let marker: string | undefined;
  for (let n = 0; n < pages; n++) {
    const answer = await aws.call('lambda:ListVersionsByFunction', {
      FunctionName: functionName,
      ...(marker === undefined ? {} : { Marker: marker }),
    });
    if (!answer.ok) return answer.error.kind === 'gone' ? ok(undefined) : answer;
    const ours = (answer.value.Versions ?? []).find((one) => one !== undefined && isOurs(one, token));
    if (ours?.Version !== undefined) return ok(ours.Version);
    marker = answer.value.NextMarker;
    if (!marker) return ok(undefined);
  }
  return err({
    kind: 'refused',
    call: 'lambda:ListVersionsByFunction',
    name: 'Refused',
    message: `${functionName} has more than ${pages * 50} versions; delete those nobody uses, or publish by hand`,
  });
}
const isOurs = (one: Listed, token: string): boolean => one.Description === descriptionOf(token) && one.Version !== '$LATEST';

/** A version that is made is found at once, or the description is not ours. */
const found = async (aws: Aws<Read>, t: Target): Promise<Result<Value, CallError>> => {
  const version = await publishedFor(aws, t);
  return version.ok ? ok(version.value === undefined ? 'absent' : { published: true }) : version;
};

export default setting({
  id: 'function-version',
  title: 'A version published by Gatemedic',
  target: versionTarget,
  value,
  calls: { read: ['lambda:ListVersionsByFunction'], write: ['lambda:PublishVersion'] },
  race: 'the code cannot be another: Lambda compares its hash. A variable or layer that somebody changes in the seconds between the change of the configuration and this call is published with it.',
  oneWay: 'the published version stays: no request runs it once the alias is back, and Gatemedic deletes no version',
  mustSettle: true,
  lockKey: (t: Target) => `function-configuration:${t.accountId}:${t.region}:${t.functionName}`,
  writesTo: (t: Target) => functionOf(t),
  async read(aws: Aws<Read>, t: Target): Promise<Result<{ readonly value: Value }, CallError>> {
    const now = await found(aws, t);
    return now.ok ? ok({ value: now.value }) : now;
  },
  async write(aws: Aws<Read | Write>, t: Target): Promise<Result<void, CallError>> {
    const answer = await aws.call('lambda:PublishVersion', {
      FunctionName: t.functionName,
      CodeSha256: t.codeSha256,
      Description: descriptionOf(t.token),
    });
    return answer.ok ? ok(undefined) : answer;
  },
  same: (a: Value, b: Value) => (a === 'absent' || b === 'absent' ? a === b : true),
  async settled(aws: Aws<Read>, t: Target): Promise<Result<'settled' | { readonly failed: string }, CallError>> {
    const now = await found(aws, t);
    if (!now.ok) return now;
    // Lambda publishes nothing where nothing changed, and answers the last version: then there is none of ours
    return ok(
      now.value === 'absent'
        ? { failed: `Lambda published no new version of ${t.functionName}: nothing differs from the last` }
        : 'settled',
    );
  },
  show: (t: Target) => `${t.functionName}: a new version is published of the code in service (${descriptionOf(t.token)})`,
  byHand: (t: Target) =>
    `aws lambda publish-version --function-name ${t.functionName} --region ${t.region} --code-sha256 '${t.codeSha256}' --description '${descriptionOf(t.token)}'`,
  snippets: (): readonly Snippet[] => [],
});
