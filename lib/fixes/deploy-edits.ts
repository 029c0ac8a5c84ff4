// Deploys what was edited and never deployed, where that is what the failing routes wait for: somebody mended them and forgot the last step. It
// publishes every edit there is, which a person sees first.
import * as v from 'valibot';
import { fix, type PlanInput } from '../model/change.ts';
import { absent } from '../model/change.ts';
import { err, ok } from '../model/result.ts';
import apiDeployment from '../settings/api-deployment.ts';

type Kind = 'deployedApi' | 'draft';
type Plan = PlanInput<Kind>;
type Edit = NonNullable<Extract<Plan['evidence']['draft'], { state: 'got' }>['value']['undeployed']>[number];

const routes = v.array(v.string());
/** Which routes fail, as the causes it treats establish it. */
const factsSchema = v.union([
  v.pipe(
    v.object({ functions: v.pipe(v.array(v.object({ routes })), v.minLength(1)) }),
    v.transform(({ functions }) => functions.flatMap((f) => f.routes)),
  ),
  v.pipe(
    v.object({ routes }),
    v.transform((facts) => facts.routes),
  ),
]);
/** More than a person reads is deployed by hand. */
const editsAtMost = 12;

export default fix<Kind, never>({
  id: 'deploy-edits',
  title: 'Deploy what was edited and not deployed',
  about: {
    changes:
      'Deploys the edited REST API to the stage, when every route that fails was edited since it was deployed. All that the deployment publishes is shown with the question, and nothing else is deployed along (routes, integrations, method responses and authorization are compared; models, validators, gateway responses and the resource policy are not). It steps aside where nothing was edited, where the edits do not touch what fails, with a canary, and on other APIs than REST.',
    costs: 'nothing',
  },
  treats: ['integration-missing', 'integration-timeout', 'lambda-not-found', 'lambda-permission-missing'],
  settings: [apiDeployment.id],
  risk: 'an edit that was not ready goes into force, one of something that AWS does not show among them',
  consent: 'asked',
  judgeMs: 12 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'draft'],
  async plan(input) {
    const failing = v.safeParse(factsSchema, input.facts);
    if (!failing.success || failing.output.length === 0) return err({ reason: 'the diagnosis does not say which routes fail' });
    const edits = editsFor(input, failing.output);
    if (typeof edits === 'string') return err({ reason: edits });
    const { accountId, region, apiType, apiId, stage } = input.at;
    const expects = edits.map((e) => `${e.route} ${e.field}`);
    const target = { accountId, region, apiType, apiId, stage, token: input.id, expects, differs: edits.map((e) => e.says) };
    const now = await input.read(apiDeployment.id, target);
    if (!now.ok) return now;
    if (now.value.value !== absent) return err({ reason: 'what was edited was deployed already by this incident' });
    return ok([{ setting: apiDeployment.id, target, from: absent, to: { token: input.id } }]);
  },
});

/** Everything a deployment would publish, or why it is not deployed. */
function editsFor({ at, evidence }: Plan, failing: readonly string[]): readonly Edit[] | string {
  if (at.apiType !== 'REST') return 'what else a deployment would take along can only be told of REST APIs';
  if (evidence.deployedApi.state !== 'got') return `what the stage serves could not be read: ${evidence.deployedApi.detail}`;
  if (evidence.deployedApi.value.canary) return 'the stage has a canary: a deployment would end it or be its';
  if (evidence.draft.state !== 'got') return `the edited API could not be read: ${evidence.draft.detail}`;
  const edits = evidence.draft.value.undeployed;
  if (!edits) return 'the edited API could not be compared with the deployed one';
  if (edits.length === 0) return 'nothing was edited that is not deployed';
  if (edits.length > editsAtMost) return `${edits.length} edits are not deployed: more than a person can judge here`;
  const untouched = failing.filter((name) => !edits.some((e) => e.route === name));
  return untouched.length === 0 ? edits : `the edits do not touch ${untouched.slice(0, 3).join(', ')}, which fails`;
}
