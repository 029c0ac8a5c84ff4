// What we ourselves meet at a backend's deployed address: name, port, certificate, status of a HEAD. It acts on somebody's backend, so
// only hosts the owner listed are asked; the edge refuses all others again.
import type { Answer } from '../aws/calls.ts';
import { backendsOf, pathToAsk, type Backend } from '../model/backends.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { EndpointProbe, ProbedEndpoint } from '../model/kinds/backend.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    endpointProbe: EndpointProbe;
  }
}

/** Addresses that are asked in one look. */
const mostAsked = 3;

export default collector({
  kind: 'endpointProbe',
  title: 'A connection to the backend’s address',
  trust: 'aws',
  calls: ['probe:Tls'],
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: mostAsked,
  delayMs: 4_000,
  optIn: 'hosts',
  async read(aws, { have: { deployedApi }, probes, now }) {
    if (deployedApi.state === 'missing') return missing(deployedApi.why, `which backends there are is not known: ${deployedApi.detail}`);
    const listed = new Set((probes?.hosts ?? []).map((h) => h.toLowerCase()));
    const backends = once(backendsOf(deployedApi.value).filter((b) => b.vpcLink === undefined));
    const asked = backends.filter((b) => listed.has(b.host.toLowerCase())).slice(0, mostAsked);
    const [first] = asked;
    if (!first)
      return backends.length === 0
        ? missing('empty', 'no deployed route leads to an address that could be connected to from outside')
        : missing('notEnabled', `probe:Tls: list ${backends[0]?.host ?? 'the host'} in probes.hosts to let Gatemedic connect to it`);
    const answers = await Promise.all(asked.map(async (b) => ({ b, answer: await aws.call('probe:Tls', inputOf(b)) })));
    const had = answers.flatMap(({ b, answer }) => (answer.ok ? [[b.origin, endpointOf(b, answer.value)] as const] : []));
    const lost = answers.flatMap(({ b, answer }) => (answer.ok ? [] : [[b.origin, notHad(answer.error)] as const]));
    if (had.length === 0 && lost[0]) return lost[0][1];
    return got(
      { endpoints: Object.fromEntries(had), ...partly({ ...notListed(backends, asked), ...Object.fromEntries(lost) }) },
      { from: now, to: now },
      'aws',
    );
  },
});

/** One address may be used with a link and without; it is asked once. */
const once = (backends: readonly Backend[]): readonly Backend[] => [...new Map(backends.map((b) => [b.origin, b])).values()];

const notListed = (all: readonly Backend[], asked: readonly Backend[]): Readonly<Record<string, Missing>> =>
  Object.fromEntries(
    all.filter((b) => !asked.includes(b)).map((b) => [b.origin, missing('notEnabled', `${b.host} is not listed in probes.hosts`)]),
  );

const inputOf = (b: Backend) => ({ Host: b.host, Port: b.port, Tls: b.tls, ServerName: b.name, Path: pathToAsk(b) });

type Met = Extract<Answer<'probe:Tls'>, { ok: true }>['value'];

function endpointOf(b: Backend, met: Met): ProbedEndpoint {
  return {
    dns: met.Dns ?? 'unanswered',
    ...(met.Connect === undefined ? {} : { connect: met.Connect }),
    ...(met.Tls === undefined ? {} : { tls: tlsOf(met.Tls) }),
    ...(met.Status === undefined ? {} : { status: met.Status }),
    path: pathToAsk(b),
  };
}

function tlsOf(tls: NonNullable<Met['Tls']>): NonNullable<ProbedEndpoint['tls']> {
  const names = (tls.Names ?? []).filter((n) => typeof n === 'string');
  const expiresAt = tls.NotAfter === undefined ? NaN : new Date(tls.NotAfter).getTime();
  return {
    ...(tls.Fault === undefined ? {} : { fault: tls.Fault }),
    ...(tls.Detail === undefined ? {} : { detail: tls.Detail }),
    ...(names.length > 0 ? { names } : {}),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}
