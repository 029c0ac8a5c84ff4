// Whether a presigned request may be sent on to STS to ask who signed it: exactly STS of this Region, exactly GetCallerIdentity, exactly the
// header that binds the order. Sent anywhere else, or without that header signed, an answer would prove nothing. Pure.
import { orderHeader, orderMs, skewMs, stsHost, whoSigned } from '../../model/order.ts';

/** Longest seen: a session token of some 2 KB, escaped. */
const longest = 8_192;
const stamp = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

const wanted: Readonly<Record<string, (value: string, region: string) => boolean>> = {
  Action: (value) => value === whoSigned.Action,
  Version: (value) => value === whoSigned.Version,
  'X-Amz-Algorithm': (value) => value === 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': (value, region) => new RegExp(`^[A-Z0-9]{16,128}/\\d{8}/${region}/sts/aws4_request$`).test(value),
  'X-Amz-Date': (value) => stamp.test(value),
  'X-Amz-Expires': (value) => /^\d{1,3}$/.test(value) && Number(value) > 0 && Number(value) * 1000 <= orderMs,
  'X-Amz-Security-Token': (value) => value !== '',
  'X-Amz-SignedHeaders': (value) => value === `host;${orderHeader}`,
  'X-Amz-Signature': (value) => /^[0-9a-f]{64}$/.test(value),
};
/** Long-lived keys have none. */
const optional = new Set(['X-Amz-Security-Token']);

/** What is wrong with the proof, naming what was seen; undefined when STS may be asked. */
export function oddProof(proof: string, region: string, now: number): string | undefined {
  if (proof.length > longest) return `the proof of who you are is ${proof.length} characters long, more than any signed request`;
  const url = URL.canParse(proof) ? new URL(proof) : undefined;
  const home = `https://${stsHost(region)}/`;
  // compared as text: a URL's parser forgives ports, names and paths that a person would not see
  if (!url || !proof.startsWith(`${home}?`) || `${url.origin}${url.pathname}` !== home || url.hash !== '')
    return `the proof of who you are leads to ${seen(url?.host || proof)}; it must be a request to ${home}`;
  return oddQuery(url.searchParams, region) ?? oddTime(url.searchParams, now);
}

function oddQuery(query: URLSearchParams, region: string): string | undefined {
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(wanted, name)) return `the proof of who you are holds ${seen(name)}, which no request for an identity has`;
    if (query.getAll(name).length > 1) return `the proof of who you are holds ${name} twice`;
  }
  for (const [name, fits] of Object.entries(wanted)) {
    const value = query.get(name);
    if (value === null ? !optional.has(name) : !fits(value, region))
      return `the proof of who you are has ${value === null ? 'no ' : ''}${name}${value === null ? '' : ` ${seen(value)}`}; sign it with gatemedic, which signs host and ${orderHeader}`;
  }
  return undefined;
}

function oddTime(query: URLSearchParams, now: number): string | undefined {
  const [, year, month, day, hour, minute, second] = (stamp.exec(query.get('X-Amz-Date') ?? '') ?? []).map(Number);
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return fresh(at, now) ? undefined : `the proof of who you are was signed at ${query.get('X-Amz-Date') ?? ''}; sign a new one`;
}

/** Young enough, and not ahead of the clock. */
export const fresh = (at: number, now: number): boolean => at <= now + skewMs && now - at <= orderMs;

const seen = (value: string): string => JSON.stringify(value.slice(0, 80));
