// The version an alias points to, and what share of its traffic another one gets. UpdateAlias carries the alias' revision, so nobody's
// release in between is overrun (fixes.md §5). The version that is left stays: Gatemedic deletes none.
import * as v from 'valibot';
import type { Answer, Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import { err, ok, type Result } from '../model/result.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';
import { goneOf } from './signs/lambda-gone.ts';

/** `because`: what is known of the version it goes to, for whoever is asked. */
const aliasTarget = v.object({
  accountId: v.string(),
  region: v.string(),
  functionName: v.string(),
  alias: v.string(),
  because: v.optional(v.string()),
});
const value = v.object({ version: v.string(), weights: v.record(v.string(), v.number()) });
export type AliasTarget = v.InferOutput<typeof aliasTarget>;
export type AliasVersion = v.InferOutput<typeof value>;
type Target = AliasTarget;
type Value = ValueOf<AliasVersion>;
type Read = 'lambda:GetAlias';
type Write = 'lambda:UpdateAlias';

/** One lock an alias, whoever moves it and how. */
export const aliasLock = (t: Target): string => `function-alias:${t.accountId}:${t.region}:${t.functionName}:${t.alias}`;
export const functionOf = (t: Pick<Target, 'accountId' | 'region' | 'functionName'>): string =>
  `arn:aws:lambda:${t.region}:${t.accountId}:function:${t.functionName}`;

export const sameWeights = (a: AliasVersion['weights'], b: AliasVersion['weights']): boolean => {
  const [one, other] = [Object.entries(a), Object.entries(b)];
  return one.length === other.length && one.every(([version, share]) => b[version] === share);
};
const same = (a: Value, b: Value): boolean =>
  a === 'absent' || b === 'absent' ? a === b : a.version === b.version && sameWeights(a.weights, b.weights);

/** Where an alias points, as Lambda answers it. */
export function pointedAt(a: Extract<Answer<Read>, { ok: true }>['value']): AliasVersion {
  const weights = Object.entries(a.RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    version: a.FunctionVersion ?? '',
    weights: Object.fromEntries(weights.flatMap(([version, share]) => (share === undefined ? [] : [[version, share]]))),
  };
}

/** Moves it under the revision that was read; weights are sent even where there are none, or the old ones would stay (fixes.md §5). */
export async function pointAt(
  aws: Aws<Write>,
  t: Target,
  to: AliasVersion,
  revision: string | undefined,
): Promise<Result<void, CallError>> {
  const answer = await aws.call('lambda:UpdateAlias', {
    FunctionName: t.functionName,
    Name: t.alias,
    FunctionVersion: to.version,
    RoutingConfig: { AdditionalVersionWeights: { ...to.weights } },
    ...(revision === undefined ? {} : { RevisionId: revision }),
  });
  return answer.ok ? ok(undefined) : answer;
}

export const noAlias = (t: Target): Result<never, CallError> =>
  err({
    kind: 'refused',
    call: 'lambda:UpdateAlias',
    name: 'Refused',
    message: `the alias ${t.functionName}:${t.alias} is moved, never made or deleted; it must be there before and after`,
  });

/** The alias is not there any more, or its function is not. */
export const noAliasNow = (error: CallError, t: Pick<Target, 'functionName' | 'alias'>): Reading<never> =>
  absentIn(goneOf(error, { functionName: t.functionName, qualifier: t.alias }) ?? `the alias ${t.functionName}:${t.alias}`);

export const shares = ({ version, weights }: AliasVersion): string =>
  [`version ${version}`, ...Object.entries(weights).map(([other, share]) => `${Math.round(share * 100)} % of it on version ${other}`)].join(
    ', ',
  );
const show = (one: Value): string => (one === 'absent' ? 'no alias' : shares(one));

export default setting({
  id: 'alias-version',
  title: 'The version an alias points to',
  target: aliasTarget,
  value,
  calls: { read: ['lambda:GetAlias'], write: ['lambda:UpdateAlias'] },
  race: 'none: UpdateAlias carries the revision that was read, and a release in between changes it. A deployment of CodeDeploy that begins after the plan shows in the alias’ weights, and the change is dropped.',
  lockKey: (t: Target) => aliasLock(t),
  writesTo: (t: Target) => functionOf(t),
  async read(aws: Aws<Read>, t: Target): Promise<Result<Reading<AliasVersion>, CallError>> {
    const answer = await aws.call('lambda:GetAlias', { FunctionName: t.functionName, Name: t.alias });
    if (!answer.ok) return answer.error.kind === 'gone' ? ok(noAliasNow(answer.error, t)) : answer;
    const { RevisionId: revision } = answer.value;
    return ok({ value: pointedAt(answer.value), ...(revision === undefined ? {} : { revision }) });
  },
  async write(aws: Aws<Read | Write>, t: Target, from: Value, to: Value, revision?: string): Promise<Result<void, CallError>> {
    return from === 'absent' || to === 'absent' ? noAlias(t) : await pointAt(aws, t, to, revision);
  },
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value): Promise<Result<'settled' | 'settling', CallError>> {
    const answer = await aws.call('lambda:GetAlias', { FunctionName: t.functionName, Name: t.alias });
    if (!answer.ok) return answer;
    return ok(same(pointedAt(answer.value), to) ? 'settled' : 'settling');
  },
  show: (t: Target, from: Value, to: Value) =>
    `${t.functionName}:${t.alias}: ${show(from)} → ${show(to)}${t.because === undefined ? '' : ` (${t.because})`}`,
  byHand: (t: Target, _from: Value, to: Value) =>
    to === 'absent'
      ? `# the alias ${t.functionName}:${t.alias} was not made by Gatemedic: leave it`
      : `aws lambda update-alias --function-name ${t.functionName} --name ${t.alias} --region ${t.region} --function-version ${to.version} --routing-config '${JSON.stringify({ AdditionalVersionWeights: to.weights })}'`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to.version)),
});

/** The next deploy publishes what the code says: it must say what runs now. */
export const lasting = (t: Target, version: string): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// revert the release in the code, or hold the alias meanwhile:\nnew lambda.Alias(this, 'Alias', { aliasName: '${t.alias}', version: lambda.Version.fromVersionArn(this, 'Before', '${functionOf(t)}:${version}') });`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::Lambda::Alias ${t.alias} of ${t.functionName}, until the release is reverted\nFunctionVersion: "${version}"`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `resource "aws_lambda_alias" "alias" {\n  name             = "${t.alias}"\n  function_name    = "${t.functionName}"\n  function_version = "${version}"\n}`,
  },
];
