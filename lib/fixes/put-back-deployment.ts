// Puts a REST stage back to the deployment it served before, where Gatemedic kept that deployment's definition while all was well: a person sees
// what changes. What was never kept is never put back, for AWS shows no deployment but the one that is served.
import * as v from 'valibot';
import { fix, type PlanInput } from '../model/change.ts';
import { changesTo, keptRoutes } from '../model/kept.ts';
import { err, ok } from '../model/result.ts';
import { failingMinutes, minuteMs } from '../model/series.ts';
import stageDeployment from '../settings/stage-deployment.ts';

type Kind = 'deployedApi' | 'keptDefinitions' | 'deployments' | 'gatewayMetrics';
type Plan = PlanInput<Kind>;

/** A deployment this long before the first failing minute, or in it, is its onset. */
const onsetMs = 10 * minuteMs;
/** Lines of difference that a person is shown. */
const shown = 4;

export default fix<Kind, never>({
  id: 'put-back-deployment',
  title: 'Put the stage back to the deployment before',
  about: {
    changes:
      'Points a REST stage at the deployment it served before, when the failures began with the newer one and Gatemedic kept the older one’s definition (each listed REST stage’s, once a deployment, after ten minutes without an incident). The difference in routes and integrations is shown with the question. Stage variables and functions are not part of a deployment and stay. It steps aside where nothing was kept, where a function that the older definition names is gone, where AWS no longer has the deployment, and with a canary. The edited API stays as it is: the next deployment brings it back.',
    costs: 'nothing',
  },
  treats: [
    'backend-unreachable',
    'integration-missing',
    'integration-route-mismatch',
    'integration-timeout',
    'lambda-not-found',
    'lambda-permission-missing',
    'mapping-template-error',
    'response-mapping-error',
    'service-request-invalid',
  ],
  settings: [stageDeployment.id],
  risk: 'what the newer deployment brought is gone with it, and callers who use it fail; the next deployment brings the fault back',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'keptDefinitions', 'deployments', 'gatewayMetrics'],
  async plan(input) {
    const found = candidateOf(input);
    if (typeof found === 'string') return err({ reason: found });
    const { accountId, region, apiType, apiId, stage } = input.at;
    const target = { accountId, region, apiType, apiId, stage, differs: found.differs };
    const now = await input.read(stageDeployment.id, target);
    if (!now.ok) return now;
    const from = v.safeParse(stageDeployment.value, now.value.value);
    if (!from.success || from.output.deploymentId !== found.servedId)
      return err({ reason: 'the stage serves another deployment than the one that fails; somebody deployed meanwhile' });
    return ok([{ setting: stageDeployment.id, target, from: from.output, to: { deploymentId: found.deploymentId } }]);
  },
});

interface Candidate {
  readonly servedId: string;
  readonly deploymentId: string;
  readonly differs: string[];
}

/** The deployment to go back to, or why there is none. */
function candidateOf({ at, evidence }: Plan): Candidate | string {
  if (at.apiType !== 'REST') return 'AWS lets a stage be put back by its deployment on REST APIs only, unless it does not deploy by itself';
  const { deployedApi, keptDefinitions, deployments } = evidence;
  if (deployedApi.state !== 'got') return `what the stage serves could not be read: ${deployedApi.detail}`;
  if (keptDefinitions.state !== 'got') return keptDefinitions.detail;
  if (deployments.state !== 'got') return `the deployments of the API could not be read: ${deployments.detail}`;
  const { deploymentId: servedId = '', canary, routes } = deployedApi.value;
  if (canary) return 'the stage has a canary: API Gateway keeps it at its deployment until the canary is gone';
  const { before, gone } = keptDefinitions.value;
  const late = notTheOnset({ servedId, evidence });
  if (late !== undefined) return late;
  if (gone.length > 0) return `the deployment before leads to ${gone.join(', ')}, which Lambda does not have any more`;
  if (!deployments.value.newest.some((d) => d.id === before.deploymentId))
    return `the deployment before, ${before.deploymentId}, is not among the newest of the API`;
  const differs = changesTo(before.routes, keptRoutes(routes));
  if (differs.length === 0) return 'the deployment before serves the same: putting it back would change nothing';
  return { servedId, deploymentId: before.deploymentId, differs: inFew(differs) };
}

const inFew = (lines: readonly string[]): string[] =>
  lines.length <= shown ? [...lines] : [...lines.slice(0, shown), `and ${lines.length - shown} routes more`];

/** Why the deployment that is served is not what the failures began with. */
function notTheOnset({
  servedId,
  evidence: { deployments, gatewayMetrics },
}: {
  servedId: string;
  evidence: Plan['evidence'];
}): string | undefined {
  const served = deployments.state === 'got' ? deployments.value.newest.find((d) => d.id === servedId) : undefined;
  if (served?.at === undefined) return 'when the stage’s deployment was made is not known';
  const [first] = gatewayMetrics.state === 'got' ? failingMinutes(gatewayMetrics.value) : [];
  if (first === undefined) return 'when the failures began is not seen in the metrics';
  return served.at >= first - onsetMs && served.at < first + minuteMs
    ? undefined
    : `the failures did not begin with the deployment of ${new Date(served.at).toISOString()}`;
}
