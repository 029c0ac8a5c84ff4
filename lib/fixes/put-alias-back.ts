// Points the alias back at the version that served before a release, where the numbers prove that it served clean and that the failures
// began with the release: the strongest mend there is when a deploy came first (fixes.md §5). Always asked: data may have moved on.
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import { functionKey, type FunctionRef } from '../model/api.ts';
import { versionBefore } from '../model/release.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import aliasVersion, { type AliasTarget, type AliasVersion } from '../settings/alias-version.ts';
import * as v from 'valibot';
import { deployedNow, failingFunctions, isAlias } from './steps/failing-functions.ts';

type Kind = 'aliasVersions' | 'codeDeployments' | 'stackEvents' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;

export default fix<Kind, never>({
  id: 'put-alias-back',
  title: 'Put the alias back to the version before',
  about: {
    changes:
      'Points the alias that the API calls at the version that served before the release, and takes every other version’s share away. Only where Lambda’s metrics by version and the stage’s own show that the version before served at least 30 requests with at most one in a hundred failing, and that the failures began within half an hour of the release; where the old version is still there; and while neither CloudFormation nor CodeDeploy is moving the alias. The release stays published.',
    costs: 'nothing; provisioned concurrency of the alias is allocated anew',
  },
  treats: [
    'lambda-unhandled-error',
    'lambda-init-failure',
    'lambda-malformed-response',
    'lambda-timeout',
    'lambda-out-of-memory',
    'lambda-payload-mismatch',
    'lambda-dependency-failure',
    'response-too-large',
    'integration-timeout',
  ],
  settings: [aliasVersion.id],
  risk: 'the version before may not know data or schemas that the release has changed; provisioned concurrency of the alias starts anew',
  consent: 'asked',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['aliasVersions', 'codeDeployments', 'stackEvents', 'gatewayMetrics'],
  async plan(input) {
    const functions = failingFunctions(input.facts, input.at);
    if (!functions.ok) return err({ reason: functions.error });
    return await each(functions.value, (one) => planOne(input, one));
  },
});

async function planOne(input: Plan, one: FunctionRef): Promise<Result<Change, Refusal>> {
  const { aliasVersions } = input.evidence;
  const name = functionKey(one);
  if (!isAlias(one.qualifier)) return err({ reason: `the API calls ${name} without an alias; there is nothing to put back` });
  if (aliasVersions.state !== 'got') return err({ reason: `the versions of ${name} could not be read: ${aliasVersions.detail}` });
  const fact = aliasVersions.value.aliases[name];
  if (!fact) return err({ reason: `the versions of ${name} were not read${lack(aliasVersions.value.notHad?.[name]?.detail)}` });
  const deployed = deployedNow(one, input.evidence);
  if (deployed !== undefined) return err({ reason: deployed });
  const before = versionBefore(fact, input.evidence.gatewayMetrics);
  if (!before.ok) return err({ reason: before.error });
  const target: AliasTarget = {
    accountId: one.accountId,
    region: one.region,
    functionName: one.name,
    alias: one.qualifier,
    because: before.value.because,
  };
  return await changeOf(input, target, { version: before.value.version, weights: {} }, fact);
}
const lack = (detail: string | undefined): string => (detail === undefined ? '' : `: ${detail}`);

/** The alias must stand where the evidence saw it: a release in between makes the proof one of yesterday. */
async function changeOf(input: Plan, target: AliasTarget, to: AliasVersion, seen: AliasVersion): Promise<Result<Change, Refusal>> {
  const now = await input.read(aliasVersion.id, target);
  if (!now.ok) return now;
  const name = `${target.functionName}:${target.alias}`;
  const from = now.value.value === absent ? undefined : v.safeParse(aliasVersion.value, now.value.value);
  if (!from?.success) return err({ reason: `the alias ${name} is gone` });
  if (!aliasVersion.same(from.output, { version: seen.version, weights: seen.weights }))
    return err({ reason: `the alias ${name} was moved since it was looked at; it is looked at again` });
  if (aliasVersion.same(from.output, to)) return err({ reason: `the alias ${name} stands on version ${to.version} already` });
  return ok({ setting: aliasVersion.id, target, from: from.output, to });
}
