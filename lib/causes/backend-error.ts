// The backend answers 5xx by itself and the gateway only passes it on: no gateway-made error, no failed connection. The same for a
// function that ran well and answered 5xx on purpose.
import { functionKey, type StageRef, type FunctionRef } from '../model/api.ts';
import { failedRequests, passedOn, type AccessRequest } from './signs/access-request.ts';
import { bash, listed, shell } from '../model/advice.ts';
import { backendsOf, httpRoutesOf, routeNames, type Backend } from '../model/backends.ts';
import { countedAtAll, failingTargets } from './signs/balancer-signs.ts';
import { failsByBackend, httpBackend, openBurst, quoted, servedSince, testLines } from './signs/backend-signs.ts';
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
import { gatewaySays } from './signs/clue-lines.ts';
import { functionsOf, nameOf } from '../model/deployed.ts';
import type { EvidenceSet } from '../model/evidence.ts';
import type { BackendErrorFacts } from '../model/facts/backend.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { ProbedEndpoint } from '../model/kinds/backend.ts';
import type { LogLines } from '../model/kinds/log.ts';

const looksAt = [
  'deployedApi',
  'gatewayMetrics',
  'functionMetrics',
  'endpointProbe',
  'loadBalancerMetrics',
  'testInvoke',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Failing = BackendErrorFacts['backends'][number];

/** A client's 5xx that is a page: API Gateway writes JSON, so somebody behind it wrote the page; CloudFront before it has its own, and a load balancer without targets. */
const page = /^status=5\d\d\b.{0,400}body=\s{0,8}<(?:!doctype html|html)/i;
const otherPages: readonly string[] = ['cloudfront', 'CloudFront'];
/** A load balancer's own page has nobody's name under it; proxies sign theirs. */
const balancerPage = /503 Service Temporarily Unavailable(?![\s\S]{0,300}(?:nginx|openresty))/;
/** JSON of a form that the gateway does not write: its own begins with the message, a service's and a function's error with a type or a message. */
const foreign =
  /^status=5\d\d\b.{0,400}body=\s{0,8}\{\s{0,8}"(?!(?:[mM]essage|__type|[eE]rror(?:Message|Type)|Type|Code|connectionId|requestId)")[\w.-]{1,40}"\s{0,4}:/;

const clues: readonly Clue[] = [
  gatewaySays(
    ['Received response. Status: 5'],
    String.raw`Received response\. Status: 5\d\d\b`,
    'messages.md §2 (the last row: passed on)',
  ),
  {
    kind: 'line',
    in: ['backend'],
    gates: [
      'rror',
      'RROR',
      'xception',
      'ail',
      'AIL',
      'FATAL',
      'fatal',
      'panic',
      'violat',
      'refused',
      'reject',
      'timed out',
      'imeout',
      'denied',
      'nable to',
      'navailable',
      'annot ',
      'could not',
      'nvalid',
      'ot found',
      ' 50',
    ],
    line: /error|exception|\bfail|fatal|\bpanic|violat|refused|reject|timed out|timeout|denied|unable to|unavailable|cannot |could not|invalid|not found| 50[0-4]\b/i,
    // what AWS answers a backend is another's fault
    unless: ['Service: AWS', 'DEBUG'],
    source: 'causes.md, backend-error (the backend’s own log)',
  },
  {
    kind: 'line',
    in: ['access'],
    gates: ['<html', '<HTML', '<!DOCTYPE', '<!doctype'],
    line: page,
    unless: [...otherPages, '503 Service Temporarily Unavailable'],
    // a proxy on the way may have written it
    hint: true,
    source: 'messages.md §0.1 (the gateway itself answers JSON)',
  },
  {
    kind: 'shape',
    in: 'accessLog',
    shape: passed,
    title: 'a 5xx that the backend or the function’s code answered itself',
    source: 'messages.md §0.6, §8',
  },
  {
    kind: 'shape',
    in: 'loadBalancerMetrics',
    title: 'targets of a load balancer answer 5xx',
    shape: (metrics) => countedAtAll(metrics, 'targetErrors', (name, count) => `targets of ${name} answered ${count} times with 5xx`),
    source: 'causes.md, backend-error (Confirm)',
  },
  httpBackend,
];

export default cause({
  id: 'backend-error',
  title: 'The backend itself answers with 5xx',
  about: {
    is: 'The backend, or the function’s own code, answers 5xx, and the gateway passes it on unchanged.',
    told: 'The load balancer behind the stage counts as many 5xx of its targets as the stage does; or a probe of the deployed address, for hosts that the owner listed, is answered with 5xx too. An access-log line with the backend’s status and without an error of the gateway makes it suspected.',
    withoutLogs:
      'With a load balancer behind the stage all the same; otherwise only with the probe: a probe that is answered well only rules out TLS and connections, for it is newer than the numbers.',
  },
  looksAt,
  clues,
  confirm,
  healed,
  advice,
});

const passedIn = (log: LogLines, format?: string): AccessRequest | undefined => failedRequests(log.lines, format).find(passedOn);
function passed(log: LogLines): string | undefined {
  return passedIn(log)?.text;
}

const isPage = (text: string): boolean => page.test(text) && !otherPages.some((words) => text.includes(words)) && !balancerPage.test(text);

/** What a log says in the gateway's own words: that the answer came from behind. `alone`: no function is there that could have written it. */
function sayingIn(e: Seen, format: string | undefined, alone = false): string | undefined {
  const request = e.accessLog.state === 'got' ? passedIn(e.accessLog.value, format) : undefined;
  if (request) return request.text;
  const told = e.accessLog.state === 'got' ? e.accessLog.value.lines : [];
  const written = told.find(({ text }) => isPage(text) || (alone && foreign.test(text.slice(0, 1000))));
  if (written) return written.text;
  const lines = [e.executionLog, testLines(e.testInvoke)].flatMap((log) => (log.state === 'got' ? log.value.lines : []));
  return lines.find(({ text }) => /Received response\. Status: 5\d\d\b/.test(text))?.text;
}

function confirm(e: Seen): Verdict<BackendErrorFacts> {
  if (e.deployedApi.state === 'missing') {
    // the four fields of the access log say it all (messages.md §8); only who is behind the API is not known
    const passedOn = sayingIn(e, undefined);
    const lacks = [lacking('deployedApi', e.deployedApi)];
    return passedOn === undefined ? unproven(...lacks) : agreeing({ backends: [], functions: [], ...quoted(passedOn) }, ...lacks);
  }
  const api = e.deployedApi.value;
  const said = sayingIn(e, api.accessLog?.format, httpRoutesOf(api).length > 0 && functionsIn(api).length === 0);
  const backends = backendsOf(api);
  const answering = backends.flatMap((b) => failingOf(e, b));
  const burst = openBurst(e);
  const fails = failsByBackend(e, said !== undefined);
  if (answering.length > 0 && fails)
    return confirmed(
      { backends: answering, functions: [], ...quoted(said) },
      [ref('endpointProbe', e.endpointProbe, answering.map((f) => `${f.origin} answers ${f.status} to us too`).join('; '))],
      fails.explains,
    );
  const counted = failingTargets(e.loadBalancerMetrics, burst);
  if (counted.length > 0 && burst)
    return confirmed(
      {
        backends: counted.map(({ balancer }) => ({ origin: balancer, routes: httpRoutesOf(api).map(nameOf) })),
        functions: [],
        ...quoted(said),
      },
      [
        ref(
          'loadBalancerMetrics',
          e.loadBalancerMetrics,
          counted.map((c) => `targets of ${c.balancer} answered ${c.count} times with 5xx while the stage did`).join('; '),
        ),
      ],
      burst.unexplained,
    );
  const facts: BackendErrorFacts = {
    backends: answering.length > 0 ? answering : backends.map(plain),
    functions: functionsIn(api),
    ...quoted(said),
  };
  if (said !== undefined) return agreeing(facts, lacking('endpointProbe', e.endpointProbe));
  if (answering.length > 0) return agreeing(facts, lacking('accessLog', e.accessLog, 'what the backend answers the gateway is not seen'));
  return backends.length === 0 && api.routes.length > 0 && functionsIn(api).length === 0 && api.routes.every((r) => r.integration)
    ? ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route leads to a backend that could answer 5xx'))
    : unproven(lacking('endpointProbe', e.endpointProbe));
}

const plain = (b: Backend): Failing => ({ origin: b.origin, routes: routeNames(b) });
const functionsIn = (api: DeployedApi): BackendErrorFacts['functions'] => functionsOf(api).map((f) => f.ref);
const probeOf = (e: Seen, b: Backend) =>
  b.vpcLink === undefined && e.endpointProbe.state === 'got' ? e.endpointProbe.value.endpoints[b.origin] : undefined;
function failingOf(e: Seen, b: Backend): readonly Failing[] {
  const at = probeOf(e, b);
  return at?.status !== undefined && fails5xx(at) ? [{ ...plain(b), status: at.status }] : [];
}
/**
 * 502, 503 and 504 speak for a whole host; another 5xx only for the path it was asked of, and the root may be no deployed one. A backend that
 * knows no HEAD says 501 and means nothing by it (RFC 9110 §15.6.2).
 */
const fails5xx = ({ status = 0, path }: ProbedEndpoint): boolean =>
  (status >= 502 && status <= 504) || (status >= 500 && status !== 501 && status !== 505 && path !== '/');

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: BackendErrorFacts): Healed {
  const origins = new Set((facts.backends ?? []).map((b) => b.origin));
  const probe = e.endpointProbe;
  const still =
    probe.state === 'got' ? Object.entries(probe.value.endpoints).find(([origin, p]) => origins.has(origin) && fails5xx(p)) : undefined;
  return servedSince(e.gatewayMetrics, sinceAt, still && ref('endpointProbe', probe, `${still[0]} still answers ${still[1].status}`));
}

/** A backend behind a load balancer is asked by what the load balancer counted; any other by its address. */
function askOf(origin: string, at: StageRef): Advice['snippets'] {
  if (origin.startsWith('http'))
    return [
      bash(`Ask ${origin} without the gateway`, `curl -sS -o /dev/null -m 10 -w '%{http_code} %{time_total}s\\n' -I ${shell(origin)}`),
    ];
  if (!origin.includes(':loadbalancer/')) return [];
  const groups = `aws elbv2 describe-target-groups --load-balancer-arn ${shell(origin)} --query 'TargetGroups[].TargetGroupArn' --output text --region ${shell(at.region)}`;
  return [
    bash(
      'See the targets behind the load balancer',
      `for GROUP in $(${groups}); do aws elbv2 describe-target-health --target-group-arn "$GROUP" --region ${shell(at.region)}; done`,
    ),
  ];
}
const readLog = (ref: FunctionRef) =>
  bash(
    `Read what ${functionKey(ref)} wrote`,
    `aws logs tail ${shell(`/aws/lambda/${ref.name}`)} --since 15m --region ${shell(ref.region)}`,
  );

function advice(facts: BackendErrorFacts | undefined, at: StageRef): Advice {
  const backends = facts?.backends ?? [];
  const functions = facts?.functions ?? [];
  const who = listed([...backends.map((b) => b.origin), ...(backends.length > 0 ? [] : functions.map(functionKey))].slice(0, 3));
  return {
    summary: `${who === '' ? 'The backend' : who} answers 5xx by itself; the gateway ${at.apiId}/${at.stage} only passes it on.`,
    steps: [
      'Give it to the owners of the backend, with the time and the route: its own log has the reason.',
      'If it was released within the last hour, roll that release back; nothing at the gateway mends it.',
      'If it is overloaded, throttle the stage for a while, so that it can recover.',
    ],
    snippets: [
      ...backends.slice(0, 2).flatMap((b) => askOf(b.origin, at)),
      ...(backends.length > 0 ? [] : functions.slice(0, 1).map(readLog)),
    ],
  };
}
