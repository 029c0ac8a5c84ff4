// Custom domains, their state, and whether they lead to the stage. What fails before a request reaches the stage leaves no trace in its
// metrics or logs: it is only found by asking for it.
import type { Answer, Aws } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import { got } from '../model/evidence.ts';
import type { CustomDomain, CustomDomains } from '../model/kinds/gateway.ts';
import { collector, notHad } from './collector.ts';
import { optional } from './reading/stage-variables.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    customDomains: CustomDomains;
  }
}

const calls = [
  'apigateway:GetDomainNames',
  'apigateway:GetBasePathMappings',
  'apigatewayv2:GetApiMappings',
  'acm:DescribeCertificate',
] as const;
type Calls = (typeof calls)[number];
type Raw = NonNullable<NonNullable<Extract<Answer<'apigateway:GetDomainNames'>, { ok: true }>['value']['items']>[number]>;

/** The control plane gives the whole account ten calls a second: the mappings of a few domains, no more. */
const domainsRead = 4;
/** Certificates of the domains that lead here; an API seldom has more than two. */
const certificatesRead = 2;
const page = 500;

export default collector({
  kind: 'customDomains',
  title: 'Custom domains and where they lead',
  trust: 'aws',
  calls,
  needs: [],
  round: 'suspect',
  maxCalls: 1 + 2 * domainsRead + certificatesRead,
  async read(aws, { at, now }) {
    const answer = await aws.call('apigateway:GetDomainNames', { limit: page });
    if (!answer.ok) return notHad(answer.error);
    const all = (answer.value.items ?? []).flatMap((d) => (d?.domainName === undefined ? [] : [d]));
    const sorted = [...all].sort((a, b) => troubled(b) - troubled(a));
    const domains = await Promise.all(
      sorted.slice(0, domainsRead).map(async (d) => ({ ...domainOf(d), ...(await mappingsOf(aws, at, d)) })),
    );
    const certain = await certified(aws, at, domains);
    return got({ domains: certain, lookedAt: now, notLookedAt: Math.max(0, all.length - domainsRead) }, { from: now, to: now }, 'aws');
  },
});

/** Domains that AWS itself says something about come first. */
const troubled = (d: Raw): number => (d.domainNameStatus !== undefined && d.domainNameStatus !== 'AVAILABLE' ? 1 : 0);

function domainOf(d: Raw): CustomDomain {
  const warnings = (d.mutualTlsAuthentication?.truststoreWarnings ?? []).flatMap((w) => (w === undefined ? [] : [w]));
  return {
    name: d.domainName ?? '',
    ...optional('status', d.domainNameStatus),
    ...optional('message', d.domainNameStatusMessage),
    ...optional('certificateArn', d.regionalCertificateArn ?? d.certificateArn),
    ...(warnings.length > 0 ? { truststoreWarnings: warnings } : {}),
    ...optional('routing', d.routingMode),
  };
}

async function mappingsOf(aws: Aws<Calls>, at: StageRef, d: Raw): Promise<Pick<CustomDomain, 'mappings'>> {
  const name = d.domainName ?? '';
  if (at.apiType === 'REST') {
    const answer = await aws.call('apigateway:GetBasePathMappings', { domainName: name, limit: page });
    const found = answer.ok ? (answer.value.items ?? []).map((m) => mapping(m?.basePath, m?.restApiId, m?.stage)) : [];
    if (found.length > 0) return { mappings: found };
    // paths of more than one level are only shown by the newer call (API Gateway guide, "API mappings")
    const newer = await aws.call('apigatewayv2:GetApiMappings', { DomainName: name, MaxResults: String(page) });
    if (newer.ok) return { mappings: (newer.value.Items ?? []).map((m) => mapping(m?.ApiMappingKey, m?.ApiId, m?.Stage)) };
    return answer.ok ? { mappings: [] } : {};
  }
  const answer = await aws.call('apigatewayv2:GetApiMappings', { DomainName: name, MaxResults: String(page) });
  if (!answer.ok) return {};
  return { mappings: (answer.value.Items ?? []).map((m) => mapping(m?.ApiMappingKey, m?.ApiId, m?.Stage)) };
}

/** The certificates of domains that lead here. An edge-optimised domain's lives in us-east-1, out of this Region's reach. */
async function certified(aws: Aws<Calls>, at: StageRef, domains: readonly CustomDomain[]): Promise<readonly CustomDomain[]> {
  const here = (d: CustomDomain): boolean => d.certificateArn?.includes(`:acm:${at.region}:`) ?? false;
  const asked = domains.filter((d) => here(d) && d.mappings?.some((m) => m.apiId === at.apiId)).slice(0, certificatesRead);
  return Promise.all(
    domains.map(async (d) => {
      if (!asked.includes(d) || d.certificateArn === undefined) return d;
      const answer = await aws.call('acm:DescribeCertificate', { CertificateArn: d.certificateArn });
      const certificate = answer.ok ? answer.value.Certificate : undefined;
      const until = certificate?.NotAfter === undefined ? NaN : new Date(certificate.NotAfter).getTime();
      return {
        ...d,
        ...optional('certificateStatus', certificate?.Status),
        ...(Number.isFinite(until) ? { certificateUntil: until } : {}),
      };
    }),
  );
}

/** `(none)` is how API Gateway writes the empty path. */
const mapping = (path: string | undefined, apiId: string | undefined, stage: string | undefined) => ({
  path: path === undefined || path === '(none)' ? '' : path,
  apiId: apiId ?? '',
  ...optional('stage', stage),
});
