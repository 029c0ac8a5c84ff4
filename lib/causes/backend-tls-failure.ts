// The connection to an HTTPS backend ends in the handshake: its certificate ran out, is for another name, or leads to no authority that
// the gateway trusts; or the gateway's own client certificate ran out. Requests fail at once, and the backend logs nothing.
import { bash, listed, shell } from '../model/advice.ts';
import { backendsOf, httpRoutesOf, listenerBackendsOf, routeNames, type Backend } from '../model/backends.ts';
import { exportCommand, failsByBackend, httpBackend, openBurst, quoted, sayingOf, servedSince, testLines } from './signs/backend-signs.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven } from '../model/cause.ts';
import type { Advice, Clue, Healed, Verdict } from '../model/cause.ts';
import type { Burst } from '../model/burst.ts';
import { covers } from './signs/certificate-names.ts';
import { accessSays, gatewaySays } from './signs/clue-lines.ts';
import type { EvidenceRef, EvidenceSet } from '../model/evidence.ts';
import type { TlsFacts } from '../model/facts/backend.ts';
import type { DeployedApi } from '../model/kinds/api.ts';
import type { TlsFault } from '../model/kinds/backend.ts';
import type { StageRef } from '../model/api.ts';

const looksAt = [
  'deployedApi',
  'gatewayMetrics',
  'functionMetrics',
  'endpointProbe',
  'certificates',
  'testInvoke',
  'executionLog',
  'accessLog',
] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Bad = TlsFacts['backends'][number];

/** Java's own words for a handshake that failed: the gateway passes them on after “configuration error” (messages.md §2, §9). */
const gates = [
  'PKIX path',
  'valid certification path',
  'CertPath',
  'CertificateExpired',
  'does not match the certificate',
  'fatal alert',
  'SSLEngine',
  'Unrecognized SSL',
  'SSLHandshake',
  'SSLPeerUnverified',
  'during handshake',
  'terminated the handshake',
  'unrecognized SSL',
  'subject alternative',
  'No name matching',
  'No trusted certificate',
  'algorithm constraints',
  'NotAfter: ',
  'SSL peer shut down',
];
const words = String.raw`PKIX path (?:building|validation) failed|unable to find valid certification path|(?:CertPathValidator|SunCertPathBuilder|CertificateExpired)Exception|Host name '[^']{0,255}' does not match the certificate|Received fatal alert|General SSLEngine problem|(?:Unrecognized|Unsupported or unrecognized) SSL message|Remote host (?:closed connection during|terminated the) handshake|Received close_notify during handshake|No subject alternative (?:DNS )?names?|No name matching|No trusted certificate found|Certificates do(?:es)? not conform to algorithm constraints|NotAfter: |SSL peer shut down incorrectly|SSLHandshakeException|SSLPeerUnverifiedException`;
const clues: readonly Clue[] = [
  gatewaySays(
    gates,
    String.raw`(?:Execution failed due to (?:configuration error|a network error communicating with endpoint): )?(?:[\w.]{0,80}Exception: )?(?:${words})`,
    'messages.md §2',
  ),
  accessSays(gates, words, 'messages.md §9 (integration.error of an access log)'),
  httpBackend,
];

export default cause({
  id: 'backend-tls-failure',
  title: 'The TLS handshake with the backend fails',
  about: {
    is: 'The backend’s certificate ran out, is for another name, or leads to no authority that API Gateway trusts; or the gateway’s own client certificate ran out. Callers see 500.',
    told: 'A probe of the deployed address, for hosts that the owner listed, meets the same fault, or ACM and API Gateway say that a certificate on the way ran out or does not cover the name, while the stage fails. The gateway’s own line alone makes it suspected.',
    withoutLogs:
      'Confirmed all the same where the probe is allowed, or where the certificate is ACM’s and named by a listener that can be read.',
  },
  looksAt,
  clues,
  confirm,
  healed,
  advice,
});

function confirm(e: Seen): Verdict<TlsFacts> {
  if (e.deployedApi.state === 'missing') return unproven(lacking('deployedApi', e.deployedApi));
  const api = e.deployedApi.value;
  const said = sayingOf(clues, [e.executionLog, e.accessLog, testLines(e.testInvoke)]);
  const backends = [...backendsOf(api).filter((b) => b.tls), ...listenerBackendsOf(api)];
  if (api.routes.length > 0 && api.routes.every((r) => r.integration !== undefined) && backends.length === 0 && !said)
    return ruledOut(ref('deployedApi', e.deployedApi, 'no deployed route leads to an HTTPS backend'));
  const probed = backends.flatMap((b) => probedFault(e, b));
  const held = backends.flatMap((b) => listenerFault(e, api, b));
  const client = clientFault(e);
  const fails = failsByBackend(e, said !== undefined);
  const facts: TlsFacts = { backends: [...probed, ...held], ...(client ? { client } : {}), ...quoted(said) };
  const found = facts.backends.length > 0 || client !== undefined;
  if (found && fails && enoughFail(openBurst(e), backends)) return confirmed(facts, refs(e, probed, held, client), fails.explains);
  const missing = [lacking('endpointProbe', e.endpointProbe), lacking('certificates', e.certificates)];
  if (found) return agreeing(facts, lacking('gatewayMetrics', e.gatewayMetrics, 'whether requests fail by it is not seen'));
  if (said !== undefined) return agreeing({ backends: backends.map(plain), ...quoted(said) }, ...missing);
  return backends.length > 0 && backends.every((b) => goodHandshake(e, b))
    ? ruledOut(ref('endpointProbe', e.endpointProbe, `the handshake with ${listed(backends.map((b) => b.origin))} is good`))
    : unproven(...missing);
}

/**
 * A handshake that fails, fails for every request: where one backend answers all and most requests go well, what we met is not what the
 * gateway meets. Half of them may be preflights that a mock answers.
 */
const enoughFail = (burst: Burst | undefined, backends: readonly Backend[]): boolean =>
  !burst || backends.length > 1 || burst.failures >= leastShare * burst.requests;
const leastShare = 0.25;

const plain = (b: Backend): Bad => ({
  origin: b.origin,
  routes: routeNames(b),
  name: b.name,
  ...(b.vpcLink === undefined ? {} : { vpcLink: b.vpcLink }),
});

/** Behind a VPC link the address is no place of its own: what answers there from outside is something else. */
const endpointOf = (e: Seen, b: Backend) =>
  b.vpcLink === undefined && e.endpointProbe.state === 'got' ? e.endpointProbe.value.endpoints[b.origin] : undefined;
const goodHandshake = (e: Seen, b: Backend): boolean => {
  const tls = endpointOf(e, b)?.tls;
  return tls !== undefined && tls.fault === undefined;
};

function probedFault(e: Seen, b: Backend): readonly Bad[] {
  const tls = endpointOf(e, b)?.tls;
  if (tls?.fault === undefined || (tls.fault === 'untrusted' && trustsAny(b))) return [];
  return [
    {
      ...plain(b),
      what: tls.fault,
      ...(tls.names ? { names: tls.names } : {}),
      ...(tls.expiresAt === undefined ? {} : { expiresAt: tls.expiresAt }),
    },
  ];
}
/** With `insecureSkipVerification` the authority is not asked for; name and dates still are (AWS, TlsConfig). */
const trustsAny = (b: Backend): boolean => b.routes.every((r) => r.integration.tls?.insecure === true);

/** A certificate that a listener behind this integration shows. */
function listenerFault(e: Seen, api: DeployedApi, b: Backend): readonly Bad[] {
  if (e.certificates.state === 'missing' || b.vpcLink === undefined) return [];
  const { certificates, listeners } = e.certificates.value;
  const behind = Object.entries(listeners).filter(([arn, l]) => leadsTo(b, arn) || (oneLink(api, b) && l.port === b.port));
  const arns = [...new Set(behind.flatMap(([, l]) => l.certificates))];
  const facts = arns.flatMap((arn) => (certificates[arn] ? [{ arn, ...certificates[arn] }] : []));
  if (facts.length === 0 || facts.length < arns.length) return [];
  const now = e.certificates.to;
  const fresh = facts.filter((c) => c.status !== 'EXPIRED' && (c.expiresAt ?? Infinity) > now);
  if (fresh.some((c) => covers(c.names, b.name))) return [];
  const old = facts.find((c) => covers(c.names, b.name));
  const shown = old ?? facts[0];
  return shown
    ? [
        {
          ...plain(b),
          what: old ? 'expired' : 'wrongName',
          names: shown.names,
          certificateArn: shown.arn,
          ...(shown.expiresAt === undefined ? {} : { expiresAt: shown.expiresAt }),
        },
      ]
    : [];
}
/** An integration names its listener, or the load balancer: a listener's ARN goes on where the balancer's ends. */
const leadsTo = (b: Backend, listenerArn: string): boolean =>
  b.routes.some(({ integration: { uri, target } }) =>
    [uri, target].some(
      (named) => named?.startsWith('arn:') === true && listenerArn.startsWith(named.replace(':loadbalancer/', ':listener/')),
    ),
  );
/** With one link for all of the stage, the listener with the address's port is its own. */
const oneLink = (api: DeployedApi, b: Backend): boolean =>
  httpRoutesOf(api).every((r) => r.integration.vpcLink === undefined || r.integration.vpcLink === b.vpcLink);

function clientFault(e: Seen): TlsFacts['client'] {
  const client = e.certificates.state === 'got' ? e.certificates.value.client : undefined;
  return client?.expiresAt !== undefined && e.certificates.state === 'got' && client.expiresAt <= e.certificates.to
    ? { id: client.id, expiresAt: client.expiresAt }
    : undefined;
}

function refs(e: Seen, probed: readonly Bad[], held: readonly Bad[], client: TlsFacts['client']): readonly EvidenceRef[] {
  return [
    ...probed.map((b) => ref('endpointProbe', e.endpointProbe, sentence(b))),
    ...held.map((b) => ref('certificates', e.certificates, sentence(b))),
    ...(client
      ? [ref('certificates', e.certificates, `the gateway's client certificate ${client.id} ran out on ${day(client.expiresAt)}`)]
      : []),
  ];
}
const day = (at: number | undefined): string => (at === undefined ? 'an unknown day' : new Date(at).toISOString().slice(0, 10));
function sentence(b: Bad): string {
  switch (b.what) {
    case 'expired':
      return `the certificate of ${b.origin} ran out on ${day(b.expiresAt)}`;
    case 'notYetValid':
      return `the certificate of ${b.origin} is not valid yet`;
    case 'wrongName':
      return `the certificate of ${b.origin} is for ${listed((b.names ?? ['another name']).slice(0, 3))}, not for ${b.name}`;
    case 'untrusted':
      return `the certificate of ${b.origin} leads to no public authority`;
    case 'notTls':
      return `${b.origin} does not speak TLS`;
    default:
      return `the TLS handshake with ${b.origin} fails`;
  }
}

function healed(e: Seen, _at: StageRef, sinceAt: number, facts: TlsFacts): Healed {
  const probe = e.endpointProbe;
  const origins = new Set((facts.backends ?? []).map((b) => b.origin));
  const still =
    probe.state === 'got'
      ? Object.entries(probe.value.endpoints).find(([origin, p]) => origins.has(origin) && p.tls?.fault !== undefined)
      : undefined;
  return servedSince(e.gatewayMetrics, sinceAt, still && ref('endpointProbe', probe, `the handshake with ${still[0]} still fails`));
}

const mends: Readonly<Record<NonNullable<Bad['what']>, string>> = {
  expired: 'Renew the certificate and load it on the backend or its listener; nothing at the gateway needs to change.',
  notYetValid: 'Put the certificate that was in force back until this one is valid, and see that the backend’s clock is right.',
  wrongName:
    'Either give the backend a certificate for the name that the integration uses, or name the host of the certificate in the integration (HTTP APIs with a VPC link: ServerNameToVerify). With a VPC link the URI’s host only sets the name that is checked: often just the URI is wrong.',
  untrusted:
    'Send the whole chain (a missing intermediate certificate is the usual reason), or use a public authority that API Gateway knows: private authorities and self-signed certificates fail.',
  notTls: 'The port does not speak TLS: use http:// or the TLS port in the integration, and deploy.',
  handshake:
    'See which TLS versions, ciphers and client certificate the backend asks for; the gateway speaks TLS 1.2 and shows a client certificate only where the stage has one.',
};

/** Which fault the gateway's own line speaks of (messages.md §2): for the advice only. */
const faultWords: readonly (readonly [RegExp, TlsFault])[] = [
  [/does not match the certificate|SSLPeerUnverified/, 'wrongName'],
  [/PKIX path validation failed|CertPathValidator|CertificateExpired/, 'expired'],
  [/PKIX path building failed|valid certification path|SunCertPathBuilder/, 'untrusted'],
  [/Unrecognized SSL message/, 'notTls'],
  [/fatal alert|SSLEngine|SSLHandshake/, 'handshake'],
];
function saidFault(quote: string | undefined): { readonly what: TlsFault; readonly words: string } | undefined {
  const what = faultWords.find(([words]) => quote !== undefined && words.test(quote))?.[1];
  if (what === undefined) return undefined;
  const [, name, cn] = /Host name '([\w.*-]{1,253})' does not match .{0,80}\(CN=([\w.*-]{1,253})/.exec(quote ?? '') ?? [];
  return {
    what,
    words: name !== undefined && cn !== undefined ? `the backend’s certificate is for ${cn}, not for ${name}` : saidWords[what],
  };
}
const saidWords: Readonly<Record<TlsFault, string>> = {
  expired: 'the backend’s certificate is not valid now',
  notYetValid: 'the backend’s certificate is not valid yet',
  wrongName: 'the backend’s certificate is for another name',
  untrusted: 'the backend’s certificate leads to no authority that API Gateway trusts',
  notTls: 'the backend does not speak TLS on that port',
  handshake: 'the backend breaks the handshake off',
};

function advice(facts: TlsFacts | undefined, at: StageRef): Advice {
  const backends = facts?.backends ?? [];
  const said = saidFault(facts?.quote);
  const proven = [...new Set(backends.flatMap((b) => b.what ?? []))];
  const kinds = proven.length > 0 || !said ? proven : [said.what];
  return {
    summary:
      facts?.client !== undefined && backends.length === 0
        ? `The client certificate ${facts.client.id} of ${at.apiId}/${at.stage} ran out on ${day(facts.client.expiresAt)}.`
        : proven.length === 0 && said
          ? `The gateway cannot speak TLS with a backend of ${at.apiId}/${at.stage}: ${said.words}.`
          : backends.length > 0
            ? `The gateway cannot speak TLS with its backend: ${listed(backends.slice(0, 2).map(sentence))}.`
            : `The gateway cannot speak TLS with a backend of ${at.apiId}/${at.stage}.`,
    steps: [
      ...(facts?.client ? ['Generate a new client certificate, let the backend trust it, then set it on the stage.'] : []),
      ...(kinds.length > 0 ? kinds.map((k) => mends[k]) : [mends.wrongName, mends.expired, mends.untrusted]),
      'Do not turn verification off (insecureSkipVerification): it hides who answers.',
    ],
    snippets: [
      ...backends
        .filter((b) => b.origin.startsWith('http'))
        .slice(0, 2)
        .map((b) => {
          const { hostname, port } = new URL(b.origin);
          return bash(
            `See the certificate of ${b.origin}`,
            `openssl s_client -connect ${shell(`${hostname}:${port === '' ? '443' : port}`)} -servername ${shell(b.name)} </dev/null | openssl x509 -noout -subject -ext subjectAltName -dates`,
          );
        }),
      ...(facts?.client
        ? [bash('A new client certificate', `aws apigateway generate-client-certificate --region ${shell(at.region)}`)]
        : []),
      bash('See what the stage serves', exportCommand(at)),
    ],
  };
}
