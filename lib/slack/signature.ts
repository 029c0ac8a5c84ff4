// Whether a request is Slack's own and fresh. Bolt checks too, but by the wall clock, for the past only, and after it has parsed the body;
// this looks first, at the raw bytes, under the clock it is given.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's own advice: a request older than five minutes is refused (platform.md §5). */
const maxAgeMs = 300_000;

/** A Lambda Function URL event, payload 2.0, as far as it is read here. */
export interface UrlEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

export const headerOf = (event: UrlEvent, name: string): string | undefined => {
  const key = Object.keys(event.headers ?? {}).find((k) => k.toLowerCase() === name);
  return key === undefined ? undefined : event.headers?.[key];
};

/** The bytes Slack signed: a Function URL may hand a form over in base64. */
export const rawBody = (event: UrlEvent): Buffer => Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');

/** `v0=` and the HMAC of `v0:timestamp:body`. */
export const sign = (secret: string, timestamp: string, body: string | Buffer): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** Undefined when the request is Slack's and fresh; otherwise what is wrong with it. */
export function refusal(event: UrlEvent, secret: string, now: number): string | undefined {
  const timestamp = headerOf(event, 'x-slack-request-timestamp') ?? '';
  const signature = headerOf(event, 'x-slack-signature') ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || !signature.startsWith('v0=')) return 'the request is not signed';
  if (!same(signature, sign(secret, timestamp, rawBody(event)))) return 'the signature does not fit the request';
  if (Math.abs(now - Number(timestamp) * 1000) > maxAgeMs) return 'the request is more than five minutes old, or ahead of the clock';
  return undefined;
}
