// Stops a deployment of CodeDeploy that shifts the failing alias, with its rollback: CodeDeploy itself puts the alias back, where any other
// hand would be overrun or make it fail (fixes.md §5). It cannot be taken back: the release is deployed anew instead.
import { functionKey, type FunctionRef } from '../model/api.ts';
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import type { Shifting } from '../model/kinds/release.ts';
import { shiftedFrom } from '../model/release.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import { minuteOf } from '../model/series.ts';
import codedeployDeployment, { type DeploymentTarget } from '../settings/codedeploy-deployment.ts';
import putAliasBack from './put-alias-back.ts';
import { failingFunctions, shiftingOf } from './steps/failing-functions.ts';

type Kind = 'aliasVersions' | 'codeDeployments' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;

export default fix<Kind, never>({
  id: 'stop-codedeploy-deployment',
  title: 'Stop the deployment and roll it back',
  about: {
    changes:
      'Stops the deployment of CodeDeploy that shifts the failing alias, and has CodeDeploy roll it back. Only where the version it comes from served at least 30 requests before the deployment began with at most one in a hundred failing, and the failures began within half an hour of it; never a deployment that is itself a rollback. Its deployment group must be listed in `resources`.',
    costs: 'nothing; the release has to be deployed again',
  },
  treats: putAliasBack.treats,
  settings: [codedeployDeployment.id],
  risk: 'the version before may not know data or schemas that the release has changed; hooks of the deployment do not run to their end',
  consent: 'asked',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['aliasVersions', 'codeDeployments', 'gatewayMetrics'],
  async plan(input) {
    const functions = failingFunctions(input.facts, input.at);
    if (!functions.ok) return err({ reason: functions.error });
    const planned = await each(functions.value, (one) => planOne(input, one));
    // aliases of one deployment are stopped with it, once
    return planned.ok ? ok(planned.value.filter((c, n, all) => all.findIndex((other) => sameDeployment(other, c)) === n)) : planned;
  },
});
const sameDeployment = (a: Change, b: Change): boolean =>
  (a.target as DeploymentTarget).deploymentId === (b.target as DeploymentTarget).deploymentId;

async function planOne(input: Plan, one: FunctionRef): Promise<Result<Change, Refusal>> {
  const { codeDeployments } = input.evidence;
  const name = functionKey(one);
  if (codeDeployments.state !== 'got')
    return err({ reason: `whether CodeDeploy shifts ${name} could not be read: ${codeDeployments.detail}` });
  const shifting = shiftingOf(codeDeployments.value.running, one);
  if (!shifting) return err({ reason: `no deployment of CodeDeploy shifts ${name}` });
  if (shifting.rollsBack) return err({ reason: `deployment ${shifting.id} is itself a rollback; it is left to finish` });
  const proof = proofOf(input, one, shifting);
  if (!proof.ok) return err({ reason: proof.error });
  const target: DeploymentTarget = {
    accountId: one.accountId,
    region: one.region,
    deploymentId: shifting.id,
    application: shifting.application,
    group: shifting.group,
    shifts: `${name} from version ${shifting.from} to ${shifting.to}; ${proof.value}`,
  };
  const now = await input.read(codedeployDeployment.id, target);
  if (!now.ok) return now;
  if (now.value.value !== absent) return err({ reason: `deployment ${shifting.id} is stopped already` });
  return ok({ setting: codedeployDeployment.id, target, from: absent, to: { stopped: true } });
}

function proofOf({ evidence }: Plan, one: FunctionRef, shifting: Shifting): Result<string, string> {
  const name = functionKey(one);
  const { aliasVersions } = evidence;
  if (aliasVersions.state !== 'got') return err(`the versions of ${name} could not be read: ${aliasVersions.detail}`);
  const fact = aliasVersions.value.aliases[name];
  if (!fact) return err(`the versions of ${name} were not read`);
  const told = { version: shifting.from, bad: shifting.to, since: minuteOf(shifting.createdAt) };
  const clean = shiftedFrom(fact, evidence.gatewayMetrics, told);
  return clean.ok ? ok(clean.value.because) : clean;
}
