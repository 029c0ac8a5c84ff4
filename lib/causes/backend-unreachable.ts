// No connection to an HTTP backend comes about: its name is unknown, it refuses, or it closes at once. Fast, unlike a blocked way, which
// stands at the gateway's limit; and before any answer, unlike a backend's own 5xx.
import { bash, listed, shell } from '../model/advice.ts';
import { backendsOf, httpRoutesOf, routeNames, type Backend } from '../model/backends.ts';
import { countedAtAll, failedConnections } from './signs/balancer-signs.ts';
import { failsByBackend, httpBackend, openBurst, quoted, sayingOf, servedSince, testLines, withoutBackend } from './signs/backend-signs.ts';
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
import type { EvidenceSet } from '../model/evidence.ts';
import type { UnreachableFacts } from '../model/facts/backend.ts';
import type { ProbedEndpoint } from '../model/kinds/backend.ts';
import type { StageRef } from '../model/api.ts';
import { nameOf } from '../model/deployed.ts';

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
type Away = UnreachableFacts['backends'][number];

/** A handshake that fails may end in the gateway's network words too: then the certificate is what to look at. */
const tlsWords = ['PKIX', 'certificate', 'handshake', 'SSL'];

const clues: readonly Clue[] = [
  gatewaySays(
    ['network error communicating with endpoint'],
    'Execution failed due to a network error communicating with endpoint',
    'messages.md §2',
    tlsWords,
  ),
  accessSays(
    ['etwork error communicating with endpoint'],
    '[Nn]etwork error communicating with endpoint',
    'messages.md §2 (the client’s body, and the access log)',
    tlsWords,
  ),
  {
    kind: 'line',
    in: ['access'],
    gates: ['INTEGRATION_NETWORK_FAILURE'],
    line: /\bINTEGRATION_NETWORK_FAILURE\b/,
    hint: true,
    source: 'messages.md §6 (HTTP API; several causes)',
  },
  {
    kind: 'shape',
    in: 'loadBalancerMetrics',
    title: 'connections to targets of a load balancer fail',
    shape: (metrics) =>
      countedAtAll(metrics, 'connectionErrors', (name, count) => `${count} connections from ${name} to its targets failed`),
    source: 'causes.md, backend-unreachable (Confirm)',
  },
  httpBackend,
];

export default cause({
  id: 'backend-unreachable',
  title: 'The HTTP backend cannot be reached',
  about: {
    is: 'No connection to the backend comes about, or it breaks at once: its name is unknown, its port is closed, it resets. REST answers 504 with “Network error communicating with endpoint”, an HTTP API 503.',
    told: 'The load balancer behind the stage counts as many failed connections to its targets as the stage does 5xx; or a probe from outside, for hosts that the owner listed, meets an unknown name, a refused or a reset connection at the deployed address while the stage fails. The gateway’s own line alone makes it suspected.',
    withoutLogs: 'Only with the probe: metrics do not tell a closed port from a backend that answers 5xx.',
  },
  looksAt,
  clues,
  confirm,
  healed,
  advice,
});

function confirm(e: Seen): Verdict<UnreachableFacts> {
  const none = withoutBackend(e.deployedApi);
  if (none) return ruledOut(none);
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  const said = sayingOf(clues, [e.executionLog, e.accessLog, testLines(e.testInvoke)]);
  const backends = backendsOf(api);
  const probed = backends.map((b) => ({ b, at: probeOf(e, b) }));
  const away = probed.flatMap(({ b, at }) => awayOf(b, at));
  const burst = openBurst(e);
  const sure = away.filter((a) => a.what !== 'timedOut');
  const fails = failsByBackend(e, said !== undefined);
  if (sure.length > 0 && fails)
    return confirmed(
      { backends: sure, ...quoted(said) },
      [ref('endpointProbe', e.endpointProbe, sure.map(sentence).join('; '))],
      fails.explains,
    );
  const broken = failedConnections(e.loadBalancerMetrics, burst);
  if (broken.length > 0 && burst)
    return confirmed(
      { backends: broken.map(({ balancer }) => ({ origin: balancer, routes: httpRoutesOf(api).map(nameOf) })), ...quoted(said) },
      [
        ref(
          'loadBalancerMetrics',
          e.loadBalancerMetrics,
          broken.map((c) => `${c.count} connections from ${c.balancer} to its targets failed while the stage did`).join('; '),
        ),
      ],
      burst.unexplained,
    );
  if (away.length === 0 && said === undefined && backends.length > 0 && probed.every(({ at }) => at?.connect === 'open'))
    return ruledOut(ref('endpointProbe', e.endpointProbe, `${listed(backends.map((b) => b.origin))} takes connections`));
  const missing = [
    lacking('endpointProbe', e.endpointProbe, away.length > 0 ? 'whether these are the requests that fail is not seen' : undefined),
  ];
  const found = away.length > 0 ? away : said === undefined && !hintedIn(e, backends) ? [] : backends.map(plain);
  return found.length > 0 ? agreeing({ backends: found, ...quoted(said) }, ...missing) : unproven(...missing);
}

/** An HTTP API’s word for a connection that did not come about; with no VPC link on any way, no link or security group can be its reason. */
function hintedIn(e: Seen, backends: readonly Backend[]): boolean {
  if (e.deployedApi.state === 'missing' || e.deployedApi.value.partial || e.accessLog.state === 'missing') return false;
  const open = httpRoutesOf(e.deployedApi.value).every(
    (r) => r.integration.vpcLink === undefined && r.integration.uri?.startsWith('http') === true,
  );
  return open && backends.length > 0 && e.accessLog.value.lines.some(({ text }) => text.includes('INTEGRATION_NETWORK_FAILURE'));
}

const plain = (b: Backend): Away => ({ origin: b.origin, routes: routeNames(b) });
/** Behind a VPC link the address is no place of its own: a probe from outside says nothing about it. */
const probeOf = (e: Seen, b: Backend): ProbedEndpoint | undefined =>
  b.vpcLink === undefined && e.endpointProbe.state === 'got' ? e.endpointProbe.value.endpoints[b.origin] : undefined;

function awayOf(b: Backend, at: ProbedEndpoint | undefined): readonly Away[] {
  const what = at?.dns === 'unknownName' ? 'unknownName' : at?.connect;
  return what === undefined || what === 'open' ? [] : [{ ...plain(b), what }];
}

const words = {
  unknownName: 'is a name that DNS does not know',
  refused: 'refuses connections',
  reset: 'breaks connections off',
  timedOut: 'lets connections hang',
} as const;
const sentence = (a: Away): string => `${a.origin} ${a.what === undefined ? 'could not be reached' : words[a.what]}`;

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: UnreachableFacts): Healed {
  const origins = new Set((facts.backends ?? []).map((b) => b.origin));
  const probe = e.endpointProbe;
  const still =
    probe.state === 'got'
      ? Object.entries(probe.value.endpoints).find(
          ([origin, p]) => origins.has(origin) && (p.dns === 'unknownName' || (p.connect !== undefined && p.connect !== 'open')),
        )
      : undefined;
  return servedSince(e.gatewayMetrics, sinceAt, still && ref('endpointProbe', probe, `${still[0]} still takes no connection`));
}

function advice(facts: UnreachableFacts | undefined, at: StageRef): Advice {
  const backends = facts?.backends ?? [];
  const unknown = backends.some((b) => b.what === 'unknownName');
  return {
    summary:
      backends.length > 0
        ? `${listed(backends.slice(0, 3).map(sentence))}: ${listed(backends.flatMap((b) => b.routes).slice(0, 3))} of ${at.apiId}/${at.stage} cannot be answered.`
        : `The gateway reaches no connection to the HTTP backend of ${at.apiId}/${at.stage}.`,
    steps: [
      unknown
        ? 'The host of the integration has no DNS record: put the record back, or point the integration at the right name and deploy.'
        : 'See whether the backend runs and listens on that port; a restart, a full connection table or a crashed process looks like this.',
      'If connections break off now and then (“Connection is closed”, “reset by peer”): make the backend keep idle connections open longer than the gateway does, and look for restarts at those minutes.',
      'If it stands behind a load balancer or a VPC link: look at its listener, its healthy targets and its security groups.',
      'If a standby exists: point the stage variable or the integration at it.',
    ],
    snippets: backends
      .filter((b) => b.origin.startsWith('http'))
      .slice(0, 2)
      .map((b) =>
        bash(
          `Look at ${b.origin} from outside`,
          `dig +short ${shell(new URL(b.origin).hostname)}`,
          `curl -sS -o /dev/null -m 10 -w '%{http_code} %{remote_ip} %{time_connect}s\\n' -I ${shell(b.origin)}`,
        ),
      ),
  };
}
