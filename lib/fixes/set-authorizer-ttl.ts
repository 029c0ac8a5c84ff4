// Has API Gateway keep an authorizer's answers for five minutes, so that a throttled or slow authorizer is asked once a caller and not once a
// request. A kept policy holds for every route the caller asks, which a person has to judge.
import * as v from 'valibot';
import { fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import { err, ok, type Result } from '../model/result.ts';
import authorizerTtl, { type AuthorizerTarget } from '../settings/authorizer-ttl.ts';
import freshDeployment, { type DeploymentTarget } from '../settings/fresh-deployment.ts';

type Kind = 'deployedApi' | 'authorizers' | 'draft';
type Plan = PlanInput<Kind>;

const factsSchema = v.object({ authorizers: v.array(v.object({ name: v.string(), trouble: v.string() })) });
/** Being asked less often helps against these. */
const helped = new Set(['throttled', 'too-slow']);
/** API Gateway's own default on REST APIs (fixes.md §12). */
const keptSeconds = 300;

export default fix<Kind, never>({
  id: 'set-authorizer-ttl',
  title: 'Keep the authorizer’s answers for five minutes',
  about: {
    changes:
      'Raises how long the answers of a throttled or slow Lambda authorizer are kept to 300 seconds, which takes load off its function. On a REST API the edit is deployed, and only when nothing else was edited and not deployed. It steps aside where answers are kept so long already, for other troubles than load, with a canary, on WebSocket APIs, and where an HTTP API does not deploy by itself.',
    costs: 'nothing; fewer invocations of the authorizer are billed',
  },
  treats: ['authorizer-error'],
  settings: [authorizerTtl.id, freshDeployment.id],
  risk: 'a kept policy holds for every route the same caller asks: one that names a single route refuses the others with 403, and a caller who is shut out stays in for up to five minutes',
  consent: 'asked',
  judgeMs: 20 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'authorizers', 'draft'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success || facts.output.authorizers.length === 0)
      return err({ reason: 'the diagnosis does not say which authorizer is in trouble' });
    const refusal = refuse(input, facts.output.authorizers);
    if (refusal !== undefined) return err({ reason: refusal });
    const edits: Change[] = [];
    for (const { name } of facts.output.authorizers) {
      const change = await changeFor(input, name);
      if (!change.ok) return change;
      edits.push(change.value);
    }
    return input.at.apiType === 'REST' ? await withDeployment(input, edits) : ok(edits);
  },
});

function refuse(
  { at, evidence: { deployedApi, draft } }: Plan,
  troubled: readonly { readonly name: string; readonly trouble: string }[],
): string | undefined {
  const other = troubled.find(({ trouble }) => !helped.has(trouble));
  if (other) return `keeping answers does not help ${other.name}: its trouble is not load (${other.trouble})`;
  if (at.apiType === 'WEBSOCKET') return 'a WebSocket API keeps no answers of its authorizer: it is asked once a connection';
  if (deployedApi.state !== 'got') return `what the stage serves could not be read: ${deployedApi.detail}`;
  if (deployedApi.value.canary) return 'the stage has a canary: a deployment would end it or be its';
  if (at.apiType === 'HTTP')
    return deployedApi.value.autoDeploy === true
      ? undefined
      : 'the stage does not deploy by itself, and what else a deployment would take along cannot be told';
  if (draft.state !== 'got' || !draft.value.undeployed) return 'the edited API could not be compared with the deployed one';
  const [edit] = draft.value.undeployed;
  return edit && `something else was edited and not deployed: ${edit.says}`;
}

async function changeFor(input: Plan, name: string): Promise<Result<Change, Refusal>> {
  const { accountId, region, apiType, apiId, stage } = input.at;
  const { authorizers } = input.evidence;
  if (authorizers.state !== 'got') return err({ reason: `the authorizers could not be read: ${authorizers.detail}` });
  const authorizerId = authorizers.value.authorizers.find((a) => a.name === name)?.id;
  if (authorizerId === undefined) return err({ reason: `the id of authorizer ${name} is not known` });
  const target: AuthorizerTarget = { accountId, region, apiType, apiId, stage, authorizerId, name };
  const now = await input.read(authorizerTtl.id, target);
  if (!now.ok) return now;
  const from = v.safeParse(authorizerTtl.value, now.value.value);
  if (!from.success) return err({ reason: `how long answers of ${name} are kept is not understood` });
  if (from.output.seconds >= keptSeconds) return err({ reason: `answers of ${name} are kept for ${from.output.seconds} s already` });
  return ok({ setting: authorizerTtl.id, target, from: from.output, to: { seconds: keptSeconds } });
}

/** Edits of authorizers are in force with a deployment: it expects no difference of routes, and takes none along. */
async function withDeployment(input: Plan, edits: readonly Change[]): Promise<Result<readonly Change[], Refusal>> {
  const { accountId, region, apiType, apiId, stage } = input.at;
  const target: DeploymentTarget = { accountId, region, apiType, apiId, stage, token: input.id, expects: [] };
  const now = await input.read(freshDeployment.id, target);
  if (!now.ok) return now;
  const from = v.safeParse(freshDeployment.value, now.value.value);
  if (!from.success || 'token' in from.output) return err({ reason: 'the stage serves a deployment that this incident made already' });
  return ok([...edits, { setting: freshDeployment.id, target, from: from.output, to: { token: input.id } }]);
}
