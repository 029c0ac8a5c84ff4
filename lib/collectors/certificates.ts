// Certificates on the way to a backend: those that listeners behind the stage show, from ACM, and the one the gateway itself shows.
import type { Answer, Aws } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { CertificateFact, Certificates } from '../model/kinds/backend.ts';
import type { LoadBalancers } from '../model/kinds/network.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    certificates: Certificates;
  }
}

const calls = ['acm:DescribeCertificate', 'apigateway:GetClientCertificate', 'elbv2:DescribeListenerCertificates'] as const;
type Calls = (typeof calls)[number];
type Lost = Readonly<Record<string, Missing>>;
/** Certificates that are described in one look. */
const mostAsked = 5;
/** TLS listeners whose certificates are listed: a stage has one or two. */
const listenersAsked = 2;

export default collector({
  kind: 'certificates',
  title: 'Certificates on the way to the backend',
  trust: 'aws',
  calls,
  needs: ['deployedApi', 'loadBalancers'],
  round: 'suspect',
  maxCalls: mostAsked + listenersAsked + 1,
  async read(aws, { have: { deployedApi, loadBalancers }, now }) {
    if (deployedApi.state === 'missing')
      return missing(deployedApi.why, `which certificates there are is not known: ${deployedApi.detail}`);
    const clientId = deployedApi.value.clientCertificateId;
    const [client, shown] = await Promise.all([
      clientId === undefined ? undefined : aws.call('apigateway:GetClientCertificate', { clientCertificateId: clientId }),
      listed(aws, loadBalancers.state === 'got' ? loadBalancers.value : undefined),
    ]);
    const described = await describe(aws, [...new Set(Object.values(shown.listeners).flatMap((l) => l.certificates))].slice(0, mostAsked));
    const ours: Certificates['client'] =
      clientId !== undefined && client?.ok ? { id: clientId, ...until(client.value.expirationDate) } : undefined;
    const lost: Lost = {
      ...shown.lost,
      ...described.lost,
      ...(clientId !== undefined && client?.ok === false ? { [clientId]: notHad(client.error) } : {}),
    };
    if (Object.keys(described.had).length === 0 && !ours)
      return Object.values(lost)[0] ?? missing('empty', 'no certificate stands in the stage or in a listener behind it');
    return got(
      { certificates: described.had, listeners: shown.listeners, ...(ours ? { client: ours } : {}), ...partly(lost) },
      { from: now, to: now },
      'aws',
    );
  },
});

/** The certificates of TLS listeners; a listener shows the one that fits the name asked for, so all of them are needed. */
async function listed(
  aws: Aws<Calls>,
  balancers: LoadBalancers | undefined,
): Promise<{ readonly listeners: Certificates['listeners']; readonly lost: Lost }> {
  const found = Object.values(balancers?.balancers ?? {}).flatMap((b) => b.listeners ?? []);
  const secure = found.flatMap(({ arn, port, protocol }) =>
    arn !== undefined && /^(?:HTTPS|TLS)$/.test(protocol ?? '') ? [{ arn, ...(port === undefined ? {} : { port }) }] : [],
  );
  const answers = await Promise.all(
    secure
      .slice(0, listenersAsked)
      .map(async (l) => ({ l, answer: await aws.call('elbv2:DescribeListenerCertificates', { ListenerArn: l.arn }) })),
  );
  const had = answers.flatMap(({ l: { arn, ...l }, answer }) =>
    answer.ok ? [[arn, { ...l, certificates: (answer.value.Certificates ?? []).flatMap((c) => c?.CertificateArn ?? []) }] as const] : [],
  );
  return {
    listeners: Object.fromEntries(had),
    lost: Object.fromEntries(answers.flatMap(({ l, answer }) => (answer.ok ? [] : [[l.arn, notHad(answer.error)] as const]))),
  };
}

async function describe(
  aws: Aws<Calls>,
  arns: readonly string[],
): Promise<{ readonly had: Readonly<Record<string, CertificateFact>>; readonly lost: Lost }> {
  const answers = await Promise.all(
    arns.map(async (arn) => ({ arn, answer: await aws.call('acm:DescribeCertificate', { CertificateArn: arn }) })),
  );
  return {
    had: Object.fromEntries(answers.flatMap(({ arn, answer }) => (answer.ok ? [[arn, factOf(answer.value.Certificate)] as const] : []))),
    lost: Object.fromEntries(answers.flatMap(({ arn, answer }) => (answer.ok ? [] : [[arn, notHad(answer.error)] as const]))),
  };
}

type Shown = Extract<Answer<'acm:DescribeCertificate'>, { ok: true }>['value']['Certificate'];

function factOf(c: Shown): CertificateFact {
  const names = [c?.DomainName, ...(c?.SubjectAlternativeNames ?? [])].filter((name) => typeof name === 'string');
  return { names: [...new Set(names)], ...(c?.Status === undefined ? {} : { status: c.Status }), ...until(c?.NotAfter) };
}

/** Dates come as dates from AWS and as text from a recorded case. */
function until(date: unknown): { readonly expiresAt?: number } {
  const at = date instanceof Date ? date.getTime() : typeof date === 'string' ? Date.parse(date) : NaN;
  return Number.isNaN(at) ? {} : { expiresAt: at };
}
