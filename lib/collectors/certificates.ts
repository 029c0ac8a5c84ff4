// Certificates on the way to a backend: those that listeners behind the stage show, from ACM, and the one the gateway itself shows.
import type { Answer, Aws } from '../aws/calls.ts';
import { got, missing, type Missing } from '../model/evidence.ts';
import type { CertificateFact, Certificates } from '../model/kinds/backend.ts';
import { collector, notHad } from './collector.ts';
import { partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    certificates: Certificates;
  }
}

const calls = ['acm:DescribeCertificate', 'apigateway:GetClientCertificate'] as const;
type Calls = (typeof calls)[number];
/** Certificates that are described in one look. */
const mostAsked = 5;

export default collector({
  kind: 'certificates',
  title: 'Certificates on the way to the backend',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: mostAsked + 1,
  async read(aws, { have: { deployedApi }, now }) {
    if (deployedApi.state === 'missing')
      return missing(deployedApi.why, `which certificates there are is not known: ${deployedApi.detail}`);
    const clientId = deployedApi.value.clientCertificateId;
    const listeners: Readonly<Record<string, readonly string[]>> = {};
    const arns = [...new Set(Object.values(listeners).flat())].slice(0, mostAsked);
    if (clientId === undefined && arns.length === 0)
      return missing('empty', 'no certificate stands in the stage or in a listener behind it');
    const [client, described] = await Promise.all([
      clientId === undefined ? undefined : aws.call('apigateway:GetClientCertificate', { clientCertificateId: clientId }),
      describe(aws, arns),
    ]);
    const lost = { ...described.lost, ...(clientId !== undefined && client && !client.ok ? { [clientId]: notHad(client.error) } : {}) };
    const [first] = Object.values(lost);
    if (first && Object.keys(described.had).length === 0 && client?.ok !== true) return first;
    return got(
      {
        certificates: described.had,
        listeners,
        ...(clientId !== undefined && client?.ok ? { client: { id: clientId, ...until(client.value.expirationDate) } } : {}),
        ...partly(lost),
      },
      { from: now, to: now },
      'aws',
    );
  },
});

interface Described {
  readonly had: Readonly<Record<string, CertificateFact>>;
  readonly lost: Readonly<Record<string, Missing>>;
}

async function describe(aws: Aws<Calls>, arns: readonly string[]): Promise<Described> {
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
