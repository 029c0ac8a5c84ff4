// The integration asks the backend for something it does not have: another method than Lambda takes, a path nobody fills in, an address
// that is none, a path the backend does not know. Lambda's refusal of a wrong method reads like a missing permission and is none.
import { bash, listed } from '../model/advice.ts';
import { mendRoute } from './signs/route-mends.ts';
import { authorizerSays } from './signs/authorizer-said.ts';
import { backendsOf, pathToAsk } from '../model/backends.ts';
import { exportCommand, failsByBackend, openBurst, quoted, sayingOf, servedSince, testLines } from './signs/backend-signs.ts';
import { burstOf, faultOf } from '../model/burst.ts';
import {
  agreeing,
  cause,
  confirmed,
  lacking,
  ref,
  ruledOut,
  unproven,
  type Advice,
  type Clue,
  type Healed,
  type Verdict,
} from '../model/cause.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf } from '../model/deployed.ts';
import type { Evidence, EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { RouteMismatchFacts } from '../model/facts/backend.ts';
import { mappedStatus, routeFault } from './signs/integration-checks.ts';
import type { DeployedApi, Integration, Route } from '../model/kinds/api.ts';
import type { LogLines } from '../model/kinds/log.ts';
import type { StageRef } from '../model/api.ts';

const looksAt = ['deployedApi', 'gatewayMetrics', 'functionMetrics', 'endpointProbe', 'testInvoke', 'executionLog', 'accessLog'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Wrong = RouteMismatchFacts['routes'][number];

/** Lambda's answer to anything but POST; the body may stand on lines of its own. */
const noOperation = 'Unable to determine service/operation name';
const address = ['Invalid endpoint address', 'Illegal character in'];
/** The authorizer's own address gives the same words, and a template's expression others that look alike (messages.md §9). */
const otherPlaces = ['Authorizer', 'authorizer', 'AUTHORIZER', 'stage variable'];

/** A web framework's own 404, with the path that it was asked for (Express and Nest, Rails, Fastify). */
const noRoute =
  /^status=404\b[\s\S]{0,1000}(?:Cannot (?:GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS) |No route matches \[[A-Z]{3,7}\] "|Route [A-Z]{3,7}:)\/[\w$-]{1,128}\//;

const clues: readonly Clue[] = [
  {
    kind: 'line',
    in: ['execution', 'access'],
    gates: [noOperation],
    line: /Unable to determine service\/operation name to be authorized/,
    unless: otherPlaces,
    source: 'messages.md §2',
  },
  {
    kind: 'line',
    in: ['execution'],
    gates: ['Lambda invocation failed with status: 403'],
    line: /Lambda invocation failed with status: 403\b/,
    hint: true,
    source: 'messages.md §2 (a refused method, a role, a Region)',
  },
  gatewaySays(
    address,
    String.raw`(?:Execution failed due to configuration error: )?(?:Invalid endpoint address|Illegal character in (?:path|authority|query|scheme name|opaque part|host name))`,
    'messages.md §2, §9',
    otherPlaces,
  ),
  accessSays(
    address,
    'Invalid endpoint address|Illegal character in (?:path|authority|query|scheme name|host name)',
    'messages.md §2, §9',
    otherPlaces,
  ),
  {
    kind: 'line',
    in: ['access'],
    gates: ['Cannot ', 'No route matches [', 'Route '],
    line: noRoute,
    hint: true,
    source: 'causes.md, integration-route-mismatch (backend 404)',
  },
  {
    kind: 'shape',
    in: 'deployedApi',
    title: 'a deployed integration cannot be right: the method, a path variable or the address',
    shape: (api, at) => {
      const [first] = faultsIn(api, at);
      return first && `${first.route}: ${first.detail}`;
    },
    source: 'causes.md, integration-route-mismatch (Confirm)',
  },
  {
    kind: 'shape',
    in: 'deployedApi',
    title: 'a backend’s 404 or 405 becomes a 5xx here',
    shape: (api) => {
      const [first] = hiding(api);
      return first && `${nameOf(first)} answers ${mappedStatus404(first)} when the backend says 404`;
    },
    source: 'causes.md, integration-route-mismatch (Confirm)',
  },
];

export default cause({
  id: 'integration-route-mismatch',
  title: 'The integration asks the backend for something it does not have',
  about: {
    is: 'The deployed integration uses a method, path or address that the backend does not take: Lambda called with another method than POST, a path variable that nothing fills, a malformed address, a path that is not there and whose 404 becomes a 5xx.',
    told: 'The deployed definition itself shows it, and requests fail that no function accounts for; or the backend answers 404 to a probe of the deployed path, and the deployed answers turn that into 5xx.',
    withoutLogs: 'Confirmed all the same where the definition shows it.',
  },
  looksAt,
  clues,
  confirm,
  healed,
  advice,
});

const wrongAt = (route: Route, what: Wrong['what'], detail: string): Wrong => ({
  route: nameOf(route),
  what,
  detail,
  method: route.method,
  path: route.path,
});

function faultsIn(api: DeployedApi, at: Pick<StageRef, 'apiType'>): readonly Wrong[] {
  return api.routes.flatMap((route) => {
    const fault = routeFault(route, at, api.partial === true);
    return fault ? [{ ...wrongAt(route, fault.what, fault.detail), ...(fault.parameters ? { parameters: fault.parameters } : {}) }] : [];
  });
}

const mappedStatus404 = (route: Route): string | undefined =>
  route.integration?.type === 'HTTP' ? mappedStatus(route.integration, 404) : undefined;
/** Routes that turn a backend's 404 into a 5xx. */
const hiding = (api: DeployedApi): readonly Route[] => api.routes.filter((r) => mappedStatus404(r)?.startsWith('5') === true);

function confirm(e: Seen, at: StageRef): Verdict<RouteMismatchFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  const said = sayingOf(clues, [e.executionLog, e.accessLog, testLines(e.testInvoke)]);
  const wrong = faultsIn(api, at);
  const lost = notFound(e, api);
  const facts: RouteMismatchFacts = { routes: [...wrong, ...lost], ...quoted(said) };
  const related = facts.routes.filter((w) => fails(w, e, api, said !== undefined));
  if (related.length > 0) return confirmed({ ...facts, routes: related }, refs(e, related), openBurst(e)?.unexplained);
  if (facts.routes.length > 0)
    return agreeing(facts, lacking('gatewayMetrics', e.gatewayMetrics, 'whether these are the routes that fail is not seen'));
  const staged = stageInPath(e, api, at);
  if (staged.length > 0) return agreeing({ ...facts, routes: staged }, lacking('endpointProbe', e.endpointProbe));
  const elsewhere = addressElsewhere(e, api);
  if (said !== undefined && elsewhere) return ruledOut(elsewhere);
  if (said !== undefined) return agreeing(facts, lacking('deployedApi', e.deployedApi, 'the deployed definition does not show it'));
  const known = api.routes.length > 0 && api.routes.every((r) => r.integration !== undefined);
  return known && hiding(api).length === 0
    ? ruledOut(ref('deployedApi', e.deployedApi, 'every deployed method, path variable and address is well formed'))
    : unproven(lacking('endpointProbe', e.endpointProbe));
}

/** Behind a VPC link, or named by the ARN of a listener or a Cloud Map service. */
const isPrivate = (i: Integration): boolean => i.vpcLink !== undefined || i.uri?.startsWith('arn:aws') === true;

/**
 * An HTTP API asks a private backend for the path with the stage's name before it, unless the path is overwritten (API Gateway guide, "Private
 * integrations"). The backend's words say so; they are a caller's to forge, so they agree and prove nothing.
 */
function stageInPath(e: Seen, api: DeployedApi, at: StageRef): readonly Wrong[] {
  if (at.apiType !== 'HTTP' || at.stage === '$default' || e.accessLog.state === 'missing') return [];
  const told = e.accessLog.value.lines.some(({ text }) => noRoute.exec(text.slice(0, 4096))?.[0].endsWith(`/${at.stage}/`) === true);
  const asked = api.routes.filter(
    (r) => r.integration && isPrivate(r.integration) && !('overwrite:path' in (r.integration.requestParameters ?? {})),
  );
  return told ? asked.map((r) => wrongAt(r, 'notFound', `the backend has no path that begins with the stage's name, /${at.stage}/`)) : [];
}

/** The same words about an address that is not the integration's own: an authorizer's, or one that a missing stage variable left open. */
function addressElsewhere(e: Seen, api: DeployedApi): EvidenceRef | undefined {
  const authorizer = authorizerSays(e, address, []);
  if (authorizer !== undefined) return ref('executionLog', e.executionLog, `the address is an authorizer's: ${authorizer}`);
  const open = api.routes.find((r) => r.integration?.unresolved !== undefined);
  return (
    open && ref('deployedApi', e.deployedApi, `the address of ${nameOf(open)} waits for the stage variable ${open.integration?.unresolved}`)
  );
}

/** Deployed paths that the backend says it does not have, and whose 404 callers meet as a 5xx. */
function notFound(e: Seen, api: DeployedApi): readonly Wrong[] {
  const probe = e.endpointProbe;
  if (probe.state === 'missing') return [];
  const hidden = new Set(hiding(api));
  return backendsOf(api).flatMap((b) => {
    const seen = b.vpcLink === undefined ? probe.value.endpoints[b.origin] : undefined;
    if (seen?.status !== 404 || seen.path !== pathToAsk(b)) return [];
    const asked = b.routes.filter((r) => hidden.has(r) && r.integration.uri?.endsWith(seen.path) === true);
    return asked.map((r) => wrongAt(r, 'notFound', `${b.origin}${seen.path} answers 404`));
  });
}

/** A wrong method fails each call of its function; a wrong address each request of its route. Whose the failures are needs a sign. */
function fails(w: Wrong, e: Seen, api: DeployedApi, said: boolean): boolean {
  if (w.what !== 'lambdaMethod') return failsByBackend(e, said) !== undefined;
  const fault = faultOf(burstOf(api, e.gatewayMetrics, e.functionMetrics), said || refusedIn(e.executionLog), e.functionMetrics);
  return functionsOf(api).some((f) => f.routes.some((r) => nameOf(r) === w.route) && fault(f));
}
/** Too common to name this cause, but enough to say that it is what fails, where the definition shows it. */
const refusedIn = (log: Evidence<LogLines>): boolean =>
  log.state === 'got' && log.value.lines.some(({ text }) => /Lambda invocation failed with status: 403\b/.test(text));

function refs(e: Seen, related: readonly Wrong[]): readonly EvidenceRef[] {
  const told = (list: readonly Wrong[]): string =>
    list
      .slice(0, 3)
      .map((w) => `${w.route}: ${w.detail}`)
      .join('; ');
  const lost = related.filter((w) => w.what === 'notFound');
  const wrong = related.filter((w) => w.what !== 'notFound');
  return [
    ...(wrong.length > 0 ? [ref('deployedApi', e.deployedApi, told(wrong))] : []),
    ...(lost.length > 0
      ? [
          ref('endpointProbe', e.endpointProbe, told(lost)),
          ref('deployedApi', e.deployedApi, `${listed(lost.slice(0, 3).map((w) => w.route))} turns the backend's 404 into a 5xx`),
        ]
      : []),
  ];
}

function healed(e: Seen, at: StageRef, sinceAt: number, facts: RouteMismatchFacts): Healed {
  if (e.deployedApi.state === 'missing') return { is: 'tooEarly', missing: [lacking('deployedApi', e.deployedApi)] };
  const names = new Set((facts.routes ?? []).map((w) => w.route));
  const still = faultsIn(e.deployedApi.value, at).find((w) => names.has(w.route));
  return servedSince(
    e.gatewayMetrics,
    sinceAt,
    still && ref('deployedApi', e.deployedApi, `${still.route} is still deployed so: ${still.detail}`),
  );
}

const mends: Readonly<Record<Wrong['what'], string>> = {
  lambdaMethod:
    'Set the integration’s HTTP method to POST and deploy: Lambda is always called with POST, whatever the caller’s method. No permission is missing.',
  unmappedParameter: 'Map the path variable (integration.request.path.<name> = method.request.path.<name>) and deploy.',
  badAddress:
    'Correct the integration’s address and deploy. Where it reads right, see whether DNS knows its host: an unknown name may be called an invalid address too.',
  notFound:
    'Correct the path in the integration (overwrite:path = $request.path where the stage’s name stands before it), or put the path back at the backend; and let 404 stay a 404 for callers.',
};

/** What a line speaks of, where the definition shows nothing. */
const saidKinds = (quote: string): readonly Wrong['what'][] =>
  quote.includes(noOperation)
    ? ['lambdaMethod']
    : address.some((words) => quote.includes(words))
      ? ['unmappedParameter', 'badAddress']
      : ['lambdaMethod', 'unmappedParameter', 'badAddress'];

function advice(facts: RouteMismatchFacts | undefined, at: StageRef): Advice {
  const routes = facts?.routes ?? [];
  const kinds = routes.length > 0 ? [...new Set(routes.map((r) => r.what))] : saidKinds(facts?.quote ?? '');
  return {
    summary:
      routes.length > 0
        ? `${listed(routes.slice(0, 3).map((r) => `${r.route}: ${r.detail}`))}.`
        : `An integration of ${at.apiId}/${at.stage} asks its backend for something it does not have.`,
    steps: [
      ...kinds.map((k) => mends[k]),
      'If a deployment changed it within the last hour: put the stage back on the deployment before it.',
    ],
    snippets: [...routes.slice(0, 2).flatMap((r) => mendRoute(r, at)), bash('See what the stage serves', exportCommand(at))],
  };
}
