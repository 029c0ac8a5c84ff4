// Lets the gateway wait as long as it may for integrations that were cut off sooner: edited, then deployed where a deployment takes nothing
// else along (REST), or in force at once (an HTTP API whose stage deploys by itself).
import * as v from 'valibot';
import type { StageRef } from '../model/api.ts';
import { fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import { nameOf } from '../model/deployed.ts';
import type { DraftRoute } from '../model/kinds/gateway.ts';
import { err, ok, type Result } from '../model/result.ts';
import { peak } from '../model/series.ts';
import freshDeployment, { type DeploymentTarget } from '../settings/fresh-deployment.ts';
import integrationTimeout, { type TimeoutTarget } from '../settings/integration-timeout.ts';

type Kind = 'deployedApi' | 'draft' | 'functionMetrics';
type Plan = PlanInput<Kind>;

const factsSchema = v.object({ timeoutMs: v.number(), routes: v.array(v.string()) });
/** 29 s on REST APIs unless the account's quota was raised, 30 s on HTTP APIs (fixes.md §9): never more, whatever the account may. */
const mostMs = ({ apiType }: StageRef): number => (apiType === 'HTTP' ? 30_000 : 29_000);
/** Above this many routes a person changes it in code. */
const routesAtMost = 10;

export default fix<Kind, never>({
  id: 'set-integration-timeout',
  title: 'Let the gateway wait longer for the backend',
  about: {
    changes:
      'Raises the timeout of the integrations that were cut off to what the gateway allows: 29 seconds on a REST API, 30 on an HTTP API. On a REST API the edit is deployed, and only when nothing else was edited and not deployed (routes, integrations, method responses and authorization are compared; models, validators, gateway responses and the resource policy are not). It steps aside where the timeout is at its limit, where the function runs longer than the limit anyhow, on WebSocket APIs, with a canary, and where an HTTP API does not deploy by itself. Undo serves the deployment before and sets the edited value back; the deployment that was made stays in the list.',
    costs: 'nothing by itself; callers and connections wait longer',
  },
  treats: ['integration-timeout'],
  settings: [integrationTimeout.id, freshDeployment.id],
  risk: 'callers wait longer, and work that fails anyway is paid for longer; an edit of something that AWS does not show (a model, a gateway response) would be deployed along',
  consent: 'asked',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['deployedApi', 'draft', 'functionMetrics'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which timeout was reached' });
    const refusal = refuse(input, facts.output);
    if (refusal !== undefined) return err({ reason: refusal });
    const routes = routesIn(input, facts.output.routes);
    if (typeof routes === 'string') return err({ reason: routes });
    const edits = await editsOf(input, routes, facts.output.timeoutMs);
    if (!edits.ok || input.at.apiType !== 'REST') return edits;
    return await withDeployment(input, edits.value);
  },
});

type Facts = v.InferOutput<typeof factsSchema>;

/** Why the gateway may not, or need not, wait longer here. */
function refuse({ at, evidence }: Plan, { timeoutMs, routes }: Facts): string | undefined {
  if (at.apiType === 'WEBSOCKET') return 'what a WebSocket stage has deployed cannot be compared with what is edited: AWS exports neither';
  if (timeoutMs >= mostMs(at)) return `the timeout is at the gateway’s limit already (${timeoutMs / 1000} s)`;
  if (routes.length === 0 || routes.length > routesAtMost)
    return `${routes.length} routes have this timeout; it is changed in code for so many`;
  if (evidence.deployedApi.state !== 'got') return `what the stage serves could not be read: ${evidence.deployedApi.detail}`;
  const { canary, autoDeploy } = evidence.deployedApi.value;
  if (canary) return 'the stage has a canary: a deployment would end it or be its';
  if (at.apiType === 'HTTP' && autoDeploy !== true)
    return 'the stage does not deploy by itself, and what else a deployment would take along cannot be told';
  const runs = slowest(evidence.functionMetrics);
  return runs >= mostMs(at) ? `the function ran ${Math.round(runs)} ms, longer than the gateway can wait: answer early instead` : undefined;
}

function slowest(metrics: Plan['evidence']['functionMetrics']): number {
  return metrics.state === 'got' ? Math.max(0, ...Object.values(metrics.value.functions).map((f) => peak(f.durationMaxMs) ?? 0)) : 0;
}

/** The routes as they are edited now, or why they are not to be touched. */
function routesIn({ at, evidence: { draft } }: Plan, names: readonly string[]): readonly DraftRoute[] | string {
  if (draft.state !== 'got') return `the edited API could not be read: ${draft.detail}`;
  if (draft.value.cut) return 'the API has more routes than were read; its edits cannot be compared as a whole';
  if (at.apiType === 'REST') {
    if (!draft.value.undeployed) return 'the edited API could not be compared with the deployed one';
    const [first, ...more] = draft.value.undeployed;
    if (first)
      return `something else was edited and not deployed${more.length > 0 ? ` (${more.length + 1} differences)` : ''}: ${first.says}`;
  }
  const found = draft.value.routes.filter((r) => names.includes(nameOf(r)) && r.id !== undefined);
  return found.length === names.length ? found : `${names.length - found.length} of the routes are not in the edited API any more`;
}

async function editsOf(input: Plan, routes: readonly DraftRoute[], timeoutMs: number): Promise<Result<readonly Change[], Refusal>> {
  const { accountId, region, apiType, apiId, stage } = input.at;
  const changes: Change[] = [];
  for (const { method, path, id = '' } of routes) {
    const target: TimeoutTarget = { accountId, region, apiType, apiId, stage, method, path, id };
    if (changes.some((c) => apiType !== 'REST' && (c.target as TimeoutTarget).id === id)) continue;
    const now = await input.read(integrationTimeout.id, target);
    if (!now.ok) return now;
    const value = v.safeParse(integrationTimeout.value, now.value.value);
    if (!value.success || value.output.timeoutMs !== timeoutMs)
      return err({ reason: `the edited timeout of ${nameOf({ method, path })} is not the one that was reached; somebody edited it` });
    changes.push({ setting: integrationTimeout.id, target, from: value.output, to: { timeoutMs: mostMs(input.at) } });
  }
  return ok(changes);
}

/** The edits, and the deployment that puts them in force: it expects them, and nothing else. */
async function withDeployment(input: Plan, edits: readonly Change[]): Promise<Result<readonly Change[], Refusal>> {
  const { accountId, region, apiType, apiId, stage } = input.at;
  const expects = edits.map((c) => `${nameOf(c.target as TimeoutTarget)} timeoutInMillis`);
  const target: DeploymentTarget = { accountId, region, apiType, apiId, stage, token: input.id, expects };
  const now = await input.read(freshDeployment.id, target);
  if (!now.ok) return now;
  const from = v.safeParse(freshDeployment.value, now.value.value);
  if (!from.success || 'token' in from.output) return err({ reason: 'the stage serves a deployment that this incident made already' });
  return ok([...edits, { setting: freshDeployment.id, target, from: from.output, to: { token: input.id } }]);
}
