// The changes that give a function another timeout or memory. Only unpublished code can be changed (fixes.md §4): behind an alias that
// takes three steps, and only where publishing releases nothing else: $LATEST must be, untouched, what the alias runs.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { functionKey, type FunctionRef } from '../../model/api.ts';
import { absent, type Change, type PlanInput, type Refusal } from '../../model/change.ts';
import type { AliasFact, VersionFact } from '../../model/kinds/release.ts';
import { err, ok, type Result } from '../../model/result.ts';
import functionConfiguration, { type ConfigurationTarget, type ConfigurationValue } from '../../settings/function-configuration.ts';
import functionVersion, { type VersionTarget } from '../../settings/function-version.ts';
import publishedAlias, { type PublishedTarget } from '../../settings/published-alias.ts';
import { deployedNow, isAlias, notHere } from './failing-functions.ts';

export const reconfigureSettings = [functionConfiguration.id, functionVersion.id, publishedAlias.id];
export const reconfigureLooksAt = ['aliasVersions', 'codeDeployments', 'stackEvents'] as const;
type Plan = PlanInput<(typeof reconfigureLooksAt)[number]>;
type Planned = Promise<Result<readonly Change[], Refusal>>;

/** `wanted`: from the configuration that runs to the one it shall have, or why not. */
export async function reconfigure(
  input: Plan,
  one: FunctionRef,
  wanted: (now: ConfigurationValue) => Result<ConfigurationValue, string>,
): Planned {
  const name = functionKey(one);
  const reason = notHere(one, input.at) ?? deployedNow(one, input.evidence);
  if (reason !== undefined) return err({ reason });
  const target: ConfigurationTarget = { accountId: one.accountId, region: one.region, functionName: one.name };
  const now = await valueOf(input, functionConfiguration.id, target);
  if (!now.ok) return now;
  const from = v.safeParse(functionConfiguration.value, now.value);
  if (!from.success) return err({ reason: `the configuration of ${one.name} is not there, or not understood` });
  const to = wanted(from.output);
  if (!to.ok) return err({ reason: to.error });
  const configured: Change = { setting: functionConfiguration.id, target, from: from.output, to: to.value };
  const { qualifier } = one;
  if (qualifier === undefined || qualifier === '$LATEST') return ok([configured]);
  if (!isAlias(qualifier))
    return err({ reason: `the API calls version ${one.qualifier} of ${one.name} itself, and versions never change` });
  const published = await publish(input, { ...one, qualifier }, { from: from.output, to: to.value });
  return published.ok ? ok([configured, ...published.value]) : err({ reason: `${name}: ${published.error.reason}` });
}

async function valueOf(input: Plan, setting: string, target: unknown): Promise<Result<unknown, Refusal>> {
  const now = await input.read(setting, target);
  return now.ok ? ok(now.value.value) : now;
}

interface Values {
  readonly from: ConfigurationValue;
  readonly to: ConfigurationValue;
}

async function publish(input: Plan, one: FunctionRef & { readonly qualifier: string }, values: Values): Planned {
  const fact = factOf(input, one);
  if (!fact.ok) return fact;
  const code = sameCode(fact.value, values.from);
  if (!code.ok) return err({ reason: code.error });
  const token = tokenOf(input.id, one, values.to, code.value);
  const common = { accountId: one.accountId, region: one.region, functionName: one.name, token };
  const version: VersionTarget = { ...common, codeSha256: code.value };
  const alias: PublishedTarget = { ...common, alias: one.qualifier };
  const [made, stands] = [await valueOf(input, functionVersion.id, version), await valueOf(input, publishedAlias.id, alias)];
  if (!made.ok) return made;
  if (!stands.ok) return stands;
  if (made.value !== absent) return err({ reason: 'a version was published for this already; it is for a person to use or delete it' });
  const from = v.safeParse(publishedAlias.value, stands.value);
  if (!from.success || !publishedAlias.same(from.output, { version: fact.value.version, weights: {} }))
    return err({ reason: 'the alias was moved since it was looked at; it is looked at again' });
  return ok([
    { setting: functionVersion.id, target: version, from: absent, to: { published: true } },
    { setting: publishedAlias.id, target: alias, from: from.output, to: { ours: true, weights: {} } },
  ]);
}

function factOf({ evidence: { aliasVersions } }: Plan, one: FunctionRef): Result<AliasFact, Refusal> {
  if (aliasVersions.state !== 'got') return err({ reason: `its versions could not be read: ${aliasVersions.detail}` });
  const fact = aliasVersions.value.aliases[functionKey(one)];
  if (!fact) return err({ reason: 'its versions were not read' });
  return Object.keys(fact.weights).length === 0
    ? ok(fact)
    : err({ reason: 'its traffic is shared between versions; a release is under way' });
}

/** The hash of the code in service, where $LATEST is that code and was not touched since: publishing it releases nothing else. */
function sameCode({ version, versions }: AliasFact, from: ConfigurationValue): Result<string, string> {
  const [latest, inService] = [versions['$LATEST'], versions[version]];
  if (inService?.codeSha256 === undefined || latest?.codeSha256 === undefined) return err(`the code of version ${version} is not known`);
  if (latest.codeSha256 !== inService.codeSha256)
    return err(`the unpublished code is another than that of version ${version}, which is in service: publishing it would release it`);
  if (touchedSince(latest, inService))
    return err(`the unpublished configuration was changed after version ${version} was published: publishing it would release that change`);
  if (inService.timeoutSeconds !== from.timeoutSeconds || inService.memoryMb !== from.memoryMb)
    return err(`version ${version} has another timeout or memory than the unpublished code: publishing it would release that too`);
  return ok(inService.codeSha256);
}
const touchedSince = (latest: VersionFact, inService: VersionFact): boolean =>
  latest.modifiedAt === undefined || inService.modifiedAt === undefined || latest.modifiedAt > inService.modifiedAt;

/** The same incident, function, goal and code always give the same name: publishing twice is publishing once. */
const tokenOf = (id: string, one: FunctionRef, to: ConfigurationValue, code: string): string =>
  `${id} ${createHash('sha256')
    .update([id, functionKey(one), to.timeoutSeconds, to.memoryMb, code].join('\n'))
    .digest('hex')
    .slice(0, 12)}`;
