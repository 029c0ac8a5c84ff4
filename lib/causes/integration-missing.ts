// A deployed route leads to nothing, or what was edited was never deployed. The first is a 5xx (or a 404) of the gateway itself; the
// second is no failure of the stage at all: callers get 403 or 404, and only the draft tells what they miss.
import { bash, counted, listed, shell, stageArgs } from '../model/advice.ts';
import { integrationInCode, routeInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { burstOf } from '../model/burst.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import { nameOf } from '../model/deployed.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { IntegrationMissingFacts } from '../model/facts/gateway.ts';
import type { DeployedApi, GatewayMetrics, Route } from '../model/kinds/api.ts';
import type { Deployments, Draft, DraftRoute } from '../model/kinds/gateway.ts';
import { failingMinutes, sum } from '../model/series.ts';
import { atOnset, changedBy, changeIn, endedAtGateway, worksAgain } from './signs/turned-away.ts';

const looksAt = ['deployedApi', 'draft', 'deployments', 'gatewayMetrics', 'functionMetrics', 'apiTrail'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;

/** Routes that browsers ask for on their own are edited and forgotten often: not what an incident is about. */
const counts = (route: Pick<Route, 'method'>): boolean => route.method !== 'OPTIONS';

export default cause({
  id: 'integration-missing',
  title: 'A route leads to nothing, or was never deployed',
  about: {
    is: 'A deployed route has no integration (5xx or 404), or a route was edited and never deployed (403 Missing Authentication Token, or 404).',
    told: 'The deployed definition holds a route without an integration, the draft agrees, and requests end at the gateway or it was changed just before. What was edited and not deployed is only ever suspected: the draft is not what callers meet.',
    withoutLogs: 'Confirmed all the same: the definition and the metrics are enough.',
  },
  looksAt,
  afterwards: ['apiTrail'],
  clues: [
    {
      kind: 'shape',
      in: 'deployedApi',
      shape: empty,
      title: 'a deployed route has no integration',
      source: 'causes.md, integration-missing (Confirm)',
    },
    {
      kind: 'shape',
      in: 'gatewayMetrics',
      shape: refusedRequests,
      title: 'most requests are answered with 4xx, none with 5xx',
      source: 'causes.md, integration-missing (Confirm)',
    },
    {
      kind: 'shape',
      in: 'deployments',
      shape: failed,
      title: 'the last deployment failed',
      source: 'causes.md, integration-missing (Confirm)',
    },
    {
      kind: 'shape',
      in: 'draft',
      shape: emptyDraft,
      title: 'an edited route has no integration',
      source: 'causes.md, integration-missing (Confirm)',
    },
    {
      kind: 'line',
      in: ['execution', 'access', 'backend'],
      gates: ['No integration defined for method', "doesn't contain any methods", 'no routes exist in this API'],
      line: /No integration defined for method|REST API doesn't contain any methods|no routes exist in this API/,
      source: 'causes.md, integration-missing (Confirm)',
    },
    {
      kind: 'line',
      in: ['access'],
      gates: ['Missing Authentication Token', '"Not Found"', 'MISSING_AUTHENTICATION_TOKEN'],
      line: /"message": ?"(?:Missing Authentication Token|Not Found)"|\bMISSING_AUTHENTICATION_TOKEN\b/,
      hint: true,
      source: 'messages.md §1, §6',
    },
  ],
  confirm,
  healed,
  advice,
});

/** Of a definition of which only parts are told, a route without an integration says nothing. */
const emptyIn = (api: DeployedApi): readonly Route[] => (api.partial ? [] : api.routes.filter((r) => !r.integration && counts(r)));

function empty(api: DeployedApi): string | undefined {
  const none = emptyIn(api);
  return none.length === 0 ? undefined : `${listed(none.slice(0, 3).map(nameOf))} ${none.length === 1 ? 'has' : 'have'} no integration`;
}

const leadsNowhere = (r: DraftRoute): boolean => r.leadsTo === undefined && counts(r);

function emptyDraft({ routes }: Draft): string | undefined {
  const none = routes.filter(leadsNowhere);
  return none.length === 0 ? undefined : `${listed(none.slice(0, 3).map(nameOf))} has no integration in the edited API`;
}

function failed({ newest }: Deployments): string | undefined {
  const [last] = newest;
  return last?.status === 'FAILED' ? `the last deployment failed: ${last.message ?? 'no reason given'}` : undefined;
}

/** Callers that ask for what is not there are told so: 4xx, and nothing else. */
function refusedRequests(gateway: GatewayMetrics): string | undefined {
  if (failingMinutes(gateway).length > 0) return undefined;
  const [all, refused] = [sum(gateway.count), sum(gateway.clientErrors)];
  return refused > 0 && refused >= 0.5 * all ? `${refused} of ${all} requests were answered with 4xx` : undefined;
}

/** Whether a deployed route takes these requests. */
const serves = (deployed: readonly Route[], route: DraftRoute): boolean =>
  deployed.some((r) => r.path === route.path && (r.method === route.method || r.method === 'ANY'));

function undeployedIn(api: DeployedApi, draft: Draft): readonly DraftRoute[] {
  return draft.cut ? [] : draft.routes.filter((r) => r.leadsTo !== undefined && counts(r) && !serves(api.routes, r));
}

function confirm(e: Seen): Verdict<IntegrationMissingFacts> {
  if (e.deployedApi.state === 'missing' || e.deployedApi.value.partial) return judgeDraft(e);
  const api = e.deployedApi.value;
  const none = emptyIn(api);
  return none.length > 0 ? judgeEmpty(none, api, e) : judgeUndeployed(api, e);
}

/** What is deployed is not known: an edited route that leads nowhere is likely deployed so, but never proof of it. */
function judgeDraft(e: Seen): Verdict<IntegrationMissingFacts> {
  const missing = [lacking('deployedApi', e.deployedApi)];
  const none = e.draft.state === 'got' ? e.draft.value.routes.filter(leadsNowhere) : [];
  return none.length === 0 ? unproven(...missing) : agreeing({ routes: none.map(nameOf), undeployed: [] }, ...missing);
}

function factsOf(none: readonly Route[], api: DeployedApi, e: Seen): IntegrationMissingFacts {
  const undeployed = e.draft.state === 'got' ? undeployedIn(api, e.draft.value) : [];
  const [last] = e.deployments.state === 'got' ? e.deployments.value.newest : [];
  const newer =
    last !== undefined && last.status !== 'FAILED' && last.id !== api.deploymentId && api.deploymentId !== undefined ? last.id : undefined;
  const message = last?.status === 'FAILED' ? (last.message ?? 'no reason given') : undefined;
  const changed = changeIn(e.apiTrail, (c) => c.name !== 'DeleteBasePathMapping' && c.name !== 'DeleteApiMapping');
  return {
    routes: none.map(nameOf),
    undeployed: undeployed.map((r) => nameOf(r)),
    ...(newer === undefined ? {} : { newerDeployment: newer }),
    ...(message === undefined ? {} : { failedDeployment: message }),
    ...(changed ? { changed } : {}),
  };
}

function judgeEmpty(none: readonly Route[], api: DeployedApi, e: Seen): Verdict<IntegrationMissingFacts> {
  const facts = factsOf(none, api, e);
  const open = (why: string): Verdict<IntegrationMissingFacts> =>
    agreeing(facts, e.draft.state === 'missing' ? lacking('draft', e.draft) : lacking('gatewayMetrics', e.gatewayMetrics, why));
  const burst = burstOf(api, e.gatewayMetrics, e.functionMetrics);
  if (!burst) return open('routes without an integration exist; whether they are the ones that fail is not seen');
  // What the export does not show may only be something that we do not understand: the draft is asked whether it is really empty.
  const agrees =
    e.draft.state === 'got' &&
    none.some((r) => e.draft.state === 'got' && e.draft.value.routes.some((d) => same(d, r) && d.leadsTo === undefined));
  const began = atOnset(api.lastUpdatedAt, burst) || atOnset(facts.changed?.at, burst);
  if (!agrees || burst.unexplained === 0 || !(began || endedAtGateway(api, burst, e.gatewayMetrics, e.functionMetrics)))
    return open('routes without an integration exist, but the failures of this burst may not be theirs');
  return confirmed(
    facts,
    [
      ref(
        'deployedApi',
        e.deployedApi,
        `${listed(facts.routes.slice(0, 3))} ${facts.routes.length === 1 ? 'has' : 'have'} no integration in the deployment${facts.changed ? `; last changed ${changedBy(facts.changed)}` : ''}`,
      ),
      ref('draft', e.draft, 'the edited API has none there either'),
    ],
    burst.unexplained,
  );
}
const same = (d: DraftRoute, r: Route): boolean => d.path === r.path && d.method === r.method;

/** A route that is not deployed costs callers a 4xx: it explains no 5xx. */
function judgeUndeployed(api: DeployedApi, e: Seen): Verdict<IntegrationMissingFacts> {
  if (e.draft.state === 'missing') return unproven(lacking('draft', e.draft));
  const facts = factsOf([], api, e);
  const refused = e.gatewayMetrics.state === 'got' ? refusedRequests(e.gatewayMetrics.value) : undefined;
  if (facts.undeployed.length > 0 && refused !== undefined)
    return agreeing(
      facts,
      lacking('draft', e.draft, `${listed(facts.undeployed.slice(0, 3))} is edited and not deployed; that callers ask for it is not seen`),
    );
  return ruledOut(
    ref(
      'deployedApi',
      e.deployedApi,
      facts.undeployed.length > 0
        ? `every deployed route has an integration; ${counted(facts.undeployed.length, 'edited route')} not deployed would be answered with 4xx`
        : 'every deployed route has an integration, and nothing that was edited is missing from the deployment',
    ),
  );
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: IntegrationMissingFacts): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const still = emptyIn(e.deployedApi.value)
    .map(nameOf)
    .filter((name) => facts.routes.includes(name));
  if (still.length > 0)
    return { is: 'stillThere', by: [ref('deployedApi', e.deployedApi, `${listed(still.slice(0, 3))} still has no integration`)] };
  return worksAgain(e.gatewayMetrics, sinceAt, ref('deployedApi', e.deployedApi, 'every deployed route has an integration'));
}

/** Where the route led is the owner's to say. */
const leadSomewhere = (route: string, rest: boolean): Advice['snippets'] =>
  rest
    ? integrationInCode(
        'Keep the integration in code',
        route,
        { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: 'WHERE_IT_LED' },
        { type: 'AWS_PROXY', integration_http_method: 'POST', uri: 'WHERE_IT_LED' },
      )
    : routeInCode(route, 'integrations/INTEGRATION_ID');

function advice(facts: IntegrationMissingFacts | undefined, at: StageRef): Advice {
  const rest = at.apiType === 'REST';
  const api = `${rest ? '--rest-api-id' : '--api-id'} ${shell(at.apiId)}`;
  const said = facts?.failedDeployment === undefined ? [] : [`The last deployment failed: ${facts.failedDeployment}. Mend that first.`];
  return {
    summary: facts?.routes.length
      ? `${listed(facts.routes.slice(0, 3))} ${facts.routes.length > 1 ? 'lead to nothing: the deployed routes have' : 'leads to nothing: the deployed route has'} no integration.`
      : facts?.undeployed.length
        ? `${listed(facts.undeployed.slice(0, 3))} ${facts.undeployed.length > 1 ? 'were' : 'was'} edited and never deployed: callers get ${rest ? '403 Missing Authentication Token' : '404 Not Found'}.`
        : 'A route leads to nothing, or was never deployed.',
    steps: [
      ...(facts?.changed ? [`Last change: ${changedBy(facts.changed)}.`] : []),
      ...said,
      ...(facts?.newerDeployment === undefined
        ? []
        : [
            `There is a newer deployment, ${facts.newerDeployment}, that the stage does not serve: if it was made for this stage, point the stage at it.`,
          ]),
      'Compare what was edited with what is deployed (the two commands below), so that a deployment takes nothing along that is not ready.',
      facts?.routes.length ? 'Give the route its integration again, in the code that makes the API, and deploy.' : 'Deploy the API.',
    ],
    snippets: [
      bash(
        'See what is edited, and what is deployed',
        ...(rest
          ? [
              `aws apigateway get-resources ${api} --embed methods --region ${shell(at.region)}`,
              `aws apigateway get-export ${stageArgs(at)} --export-type oas30 --parameters extensions=integrations deployed.json`,
            ]
          : [
              `aws apigatewayv2 get-routes ${api} --region ${shell(at.region)}`,
              `aws apigatewayv2 export-api ${api} --stage-name ${shell(at.stage)} --specification OAS30 --output-type JSON --region ${shell(at.region)} deployed.json`,
            ]),
      ),
      bash('Deploy', `aws ${rest ? 'apigateway' : 'apigatewayv2'} create-deployment ${stageArgs(at)} --description 'by hand'`),
      ...(facts?.routes[0] === undefined ? [] : leadSomewhere(facts.routes[0], rest)),
    ],
  };
}
