// A custom domain does not lead to the stage: no mapping, a certificate that is over, a domain that is not ready. Callers meet a TLS error or
// 403; the stage sees nothing of it, neither a request nor a 5xx. So it is found only by asking, and explains no 5xx of the stage.
import { bash, listed, shell } from '../model/advice.ts';
import { mappingInCode } from './signs/code-of-gateway.ts';
import type { StageRef } from '../model/api.ts';
import { agreeing, cause, confirmed, lacking, ref, ruledOut, unproven, type Advice, type Healed, type Verdict } from '../model/cause.ts';
import type { Evidence, EvidenceSet } from '../model/evidence.ts';
import type { CustomDomainFacts } from '../model/facts/gateway.ts';
import type { ApiSettings, ApiTrail, CustomDomain, CustomDomains } from '../model/kinds/gateway.ts';
import { failingMinutes, sum, sumIn } from '../model/series.ts';
import { changedBy, changeIn } from './signs/turned-away.ts';

const looksAt = ['customDomains', 'apiSettings', 'gatewayMetrics', 'apiTrail'] as const;
type Seen = EvidenceSet<(typeof looksAt)[number]>;
type Fault = CustomDomainFacts['domains'][number];

/** States in which API Gateway serves the domain (SDK: DomainNameStatus). */
const serving = new Set(['AVAILABLE', 'UPDATING']);

/** What clients say who do not trust the certificate that answers by the domain's name. They get no status: an answer of whatever kind had a handshake before it. */
const distrust = [
  'curl: (35)',
  'curl: (51)',
  'curl: (60)',
  'no alternative certificate subject name',
  'ERR_CERT_',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'its security certificate is from',
  'SSLCertVerificationError(',
];
const escaped = (words: string): string => words.replaceAll(/[()]/g, String.raw`\$&`);

export default cause({
  id: 'custom-domain',
  title: 'A custom domain does not lead to the stage',
  about: {
    is: 'Callers of a custom domain meet a TLS error, 403 or 404, while the API’s own address works. The stage counts no request and no 5xx.',
    told: 'The domain has no mapping any more, and CloudTrail names who removed it and that it led to this API; or its certificate is over, or API Gateway itself says that the domain is not ready. A domain without a mapping alone is only suspected: it may never have been this API’s.',
    withoutLogs: 'The same: neither log nor metric of the stage knows of it.',
  },
  looksAt,
  clues: [
    {
      kind: 'shape',
      in: 'customDomains',
      shape: broken,
      title: 'a custom domain has no mapping, or is not ready',
      source: 'causes.md, custom-domain (Confirm)',
    },
    {
      kind: 'shape',
      in: 'apiSettings',
      shape: ({ defaultEndpointDisabled }: ApiSettings) => (defaultEndpointDisabled ? 'the API’s own address is switched off' : undefined),
      title: 'the API’s own address is switched off',
      source: 'causes.md, custom-domain (Confirm)',
    },
    {
      kind: 'line',
      in: ['access'],
      gates: ['{"message":"Forbidden"}', '{"message": "Forbidden"}', 'The request could not be satisfied'],
      line: /"message": ?"Forbidden"|The request could not be satisfied/,
      hint: true,
      source: 'causes.md, custom-domain (Client sees …)',
    },
    {
      kind: 'line',
      in: ['execution', 'access'],
      gates: ['Access denied. Reason: '],
      line: /Access denied\. Reason: (?:Could not find issuer for certificate|Client cert using an insecure Signature Algorithm|self signed certificate)/,
      source: 'causes.md, custom-domain (mTLS truststore; KC api-gateway-mutual-tls-403-errors)',
    },
    {
      kind: 'line',
      in: ['access'],
      gates: distrust,
      line: new RegExp(`^status=- body=[^\\n]{0,300}(?:${distrust.map(escaped).join('|')})`),
      source: 'causes.md, custom-domain (Client sees TLS error; KC api-gateway-domain-certificate)',
    },
  ],
  confirm,
  healed: healedOf,
  advice,
});

/** States of a certificate that no client accepts (SDK: CertificateStatus). */
const over = new Set(['EXPIRED', 'REVOKED']);

function faultOf(d: CustomDomain, at: StageRef, now: number): Fault | undefined {
  // where its mappings could not be read it may be ours
  const ours = d.mappings?.some((m) => m.apiId === at.apiId) ?? true;
  const none = d.mappings?.length === 0 && (d.routing === undefined || d.routing === 'BASE_PATH_MAPPING_ONLY');
  if (!ours && !none) return undefined;
  const name = d.name;
  if (d.status !== undefined && !serving.has(d.status))
    return { name, what: 'notAvailable', says: `API Gateway says of ${name}: ${d.status}${d.message ? `, ${d.message}` : ''}` };
  if (over.has(d.certificateStatus ?? '') || (d.certificateUntil ?? Infinity) <= now)
    return {
      name,
      what: 'certificateExpired',
      says: `the certificate of ${name} ${d.certificateUntil === undefined ? `is ${d.certificateStatus}` : `ended at ${new Date(d.certificateUntil).toISOString()}`}`,
    };
  if (none) return { name, what: 'noMapping', says: `${name} has no mapping: it leads to no API` };
  if ((d.truststoreWarnings ?? []).length > 0)
    return { name, what: 'truststore', says: `the truststore of ${name}: ${listed(d.truststoreWarnings ?? [])}` };
  return undefined;
}
const faultsOf = ({ domains, lookedAt }: CustomDomains, at: StageRef): readonly Fault[] =>
  domains.flatMap((d) => faultOf(d, at, lookedAt) ?? []);

function broken(value: CustomDomains, at: StageRef): string | undefined {
  return faultsOf(value, at)[0]?.says;
}

function confirm(e: Seen, at: StageRef): Verdict<CustomDomainFacts> {
  if (e.customDomains.state === 'missing') return withoutDomains(e, at);
  const { domains, notLookedAt } = e.customDomains.value;
  const faults = faultsOf(e.customDomains.value, at).filter((f) => f.what !== 'noMapping' || ownerOf(f.name, e.apiTrail, at) !== 'other');
  if (faults.length === 0) return withoutFault(domains, notLookedAt, e, at);
  if (failsByItself(e))
    return ruledOut(ref('gatewayMetrics', e.gatewayMetrics, 'the requests that fail reach the stage, so no domain keeps them from it'));
  const changed = removalOf(faults, e.apiTrail);
  const facts: CustomDomainFacts = { domains: faults, ...(changed ? { changed } : {}) };
  const certain =
    faults.some((f) => certainly.has(f.what) && mapped(domains, f.name, at)) ||
    faults.some((f) => ownerOf(f.name, e.apiTrail, at) === 'ours');
  return certain
    ? confirmed(
        facts,
        faults.map((f) =>
          ref('customDomains', e.customDomains, changed ? `${f.says}; its mapping was removed ${changedBy(changed)}` : f.says),
        ),
      )
    : {
        is: 'unproven',
        missing: [lacking('customDomains', e.customDomains, `${faults[0]?.says ?? ''}; whether callers of this API use it is not seen`)],
        ...(wellServed(e) ? {} : { facts }),
      };
}

/** Requests arrive and are answered: a domain that leads nowhere is likely none of this API's. */
const wellServed = (e: Seen): boolean => e.gatewayMetrics.state === 'got' && sum(e.gatewayMetrics.value.count) > 0;

/** Whoever calls by that name fails, whatever else is right. */
const certainly = new Set<Fault['what']>(['notAvailable', 'certificateExpired']);

const mapped = (domains: readonly CustomDomain[], name: string, at: StageRef): boolean =>
  domains.some((d) => d.name === name && (d.mappings ?? []).some((m) => m.apiId === at.apiId));

/** Requests that arrive and fail are another cause's. */
const failsByItself = (e: Seen): boolean =>
  e.gatewayMetrics.state === 'got' && sumIn(e.gatewayMetrics.value.serverErrors, failingMinutes(e.gatewayMetrics.value)) > 0;

/** Who took the mapping away, where CloudTrail tells. */
const removalOf = (faults: readonly Fault[], trail: Evidence<ApiTrail>) =>
  changeIn(trail, (c) => removes.test(c.name) && faults.some((f) => f.name === c.domainName));
const removes = /^Delete(?:BasePath|Api)Mapping$/;

/** Whose the domain was before its mapping was removed: the record of the removal does not say, the one of its making does. */
function ownerOf(name: string, trail: Evidence<ApiTrail>, at: StageRef): 'ours' | 'other' | 'unknown' {
  if (!changeIn(trail, (c) => removes.test(c.name) && c.domainName === name)) return 'unknown';
  const made = changeIn(trail, (c) => c.mappedTo !== undefined && c.domainName === name);
  return made === undefined ? 'unknown' : made.mappedTo === at.apiId ? 'ours' : 'other';
}

const isOff = (e: Seen): boolean => e.apiSettings.state === 'got' && e.apiSettings.value.defaultEndpointDisabled === true;
const ownAddressOff = (at: StageRef): CustomDomainFacts => ({
  domains: [
    {
      name: `${at.apiId}.execute-api.${at.region}.amazonaws.com`,
      what: 'ownAddressOff',
      says: 'the API’s own address is switched off, and no custom domain is seen to lead to it',
    },
  ],
});

/** Which domains there are is not known: an own address that is switched off agrees with callers who are turned away, and no more. */
function withoutDomains(e: Seen, at: StageRef): Verdict<CustomDomainFacts> {
  const missing = [lacking('customDomains', e.customDomains)];
  return isOff(e) && !wellServed(e) ? agreeing(ownAddressOff(at), ...missing) : unproven(...missing);
}

function withoutFault(domains: readonly CustomDomain[], notLookedAt: number, e: Seen, at: StageRef): Verdict<CustomDomainFacts> {
  const unread = domains.filter((d) => d.mappings === undefined).map((d) => d.name);
  if (unread.length > 0 || notLookedAt > 0)
    return unproven(
      lacking(
        'customDomains',
        e.customDomains,
        unread.length > 0 ? `the mappings of ${listed(unread.slice(0, 3))} could not be read` : `${notLookedAt} domains were not looked at`,
      ),
    );
  if (isOff(e) && !failsByItself(e) && !domains.some((d) => (d.mappings ?? []).some((m) => m.apiId === at.apiId)))
    return confirmed(ownAddressOff(at), [
      ref(
        'apiSettings',
        e.apiSettings,
        'the API’s own address is switched off (disableExecuteApiEndpoint), and no custom domain leads to it',
      ),
    ]);
  return ruledOut(
    ref(
      'customDomains',
      e.customDomains,
      domains.length === 0 ? 'there is no custom domain' : 'every custom domain that leads here is ready',
    ),
  );
}

function healedOf(e: Seen, at: StageRef, _sinceAt: number, facts: CustomDomainFacts): Healed {
  if (e.customDomains.state === 'missing') return { is: 'tooEarly', missing: [lacking('customDomains', e.customDomains)] };
  const still = faultsOf(e.customDomains.value, at).filter((f) => facts.domains.some((was) => was.name === f.name));
  if (still.length > 0) return { is: 'stillThere', by: still.map((f) => ref('customDomains', e.customDomains, f.says)) };
  const ready = facts.domains.filter((f) => mapped(e.customDomains.state === 'got' ? e.customDomains.value.domains : [], f.name, at));
  return ready.length > 0 && ready.length === facts.domains.length
    ? { is: 'healed', by: [ref('customDomains', e.customDomains, `${listed(ready.map((f) => f.name))} leads to the stage and is ready`)] }
    : { is: 'tooEarly', missing: [lacking('customDomains', e.customDomains, 'no domain that leads here is seen to be ready')] };
}

function advice(facts: CustomDomainFacts | undefined, at: StageRef): Advice {
  const [first] = facts?.domains ?? [];
  const name = first?.name ?? '<domain>';
  const region = `--region ${shell(at.region)}`;
  const path = facts?.changed?.basePath ?? '(none)';
  const map =
    at.apiType === 'REST'
      ? `aws apigateway create-base-path-mapping --domain-name ${shell(name)} --base-path ${shell(path)} --rest-api-id ${shell(at.apiId)} --stage ${shell(at.stage)} ${region}`
      : `aws apigatewayv2 create-api-mapping --domain-name ${shell(name)} --api-id ${shell(at.apiId)} --stage ${shell(at.stage)} ${region}`;
  return {
    summary: first
      ? `${first.says}.${facts?.changed ? ` Its mapping was removed ${changedBy(facts.changed)}.` : ''} Requests by that name do not reach the stage, so its metrics show nothing.`
      : 'Requests by a custom domain do not reach the stage, so its metrics show nothing.',
    steps: [
      'Call the API by its own address (…execute-api…) and by the domain: if only the domain fails, it is this.',
      ...(first?.what === 'noMapping' || !first ? ['Map the domain to the stage again.'] : []),
      ...(first?.what === 'notAvailable'
        ? ['Read what API Gateway says of the domain: a certificate to import again, or an ownership to prove.']
        : []),
      ...(first?.what === 'certificateExpired'
        ? ['Renew the certificate (an imported one: import it again under the same ARN), and it is in force within minutes.']
        : []),
      ...(first?.what === 'ownAddressOff' ? ['Switch the API’s own address on again, or map a custom domain to the stage.'] : []),
      'Look at the certificate (its end date, its names), at the DNS record (it must point to the domain’s own target), and at a proxy before it: it must not forward the Host header of the caller.',
    ],
    snippets: [
      bash(
        `Look at ${name}`,
        `aws apigateway get-domain-name --domain-name ${shell(name)} ${region}`,
        `aws apigateway get-base-path-mappings --domain-name ${shell(name)} ${region}`,
      ),
      ...(first?.what === 'noMapping' ? [bash('Map it to the stage again', map), ...mappingInCode(at, name, path)] : []),
    ],
  };
}
