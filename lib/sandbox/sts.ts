// STS in the sandbox: it checks a presigned request as AWS documents Signature Version 4, with code of its own, so that what the command line
// signs is held against something that was not made to agree with it.
import { createHash, createHmac } from 'node:crypto';
import type { Caller, Identity } from '../world.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
}

/** STS keeps to fifteen minutes, whatever X-Amz-Expires says (Kubernetes' aws-iam-authenticator tells so). */
const expiresMs = 15 * 60_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** RFC 3986 (AWS: SigV4, UriEncode). */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Those who have keys in this account. */
export function sandboxSts(keys: readonly AccessKey[], clock: { now(): number }): Identity {
  return {
    async callerOf(text, header): Promise<Caller | { readonly refused: string }> {
      const url = new URL(text);
      const query = (name: string): string => url.searchParams.get(name) ?? '';
      const [id = '', ...scope] = query('X-Amz-Credential').split('/');
      const key = keys.find((k) => k.accessKeyId === id && (k.sessionToken ?? '') === query('X-Amz-Security-Token'));
      if (!key) return { refused: 'InvalidClientTokenId: The security token included in the request is invalid.' };
      if (signature(url, header, key, scope) !== query('X-Amz-Signature'))
        return { refused: 'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.' };
      const at = Date.parse(query('X-Amz-Date').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
      if (!(clock.now() - at < expiresMs)) return { refused: 'ExpiredToken: Request has expired.' };
      return { accountId: key.arn.split(':')[4] ?? '', arn: key.arn };
    },
  };
}

function signature(url: URL, header: { readonly name: string; readonly value: string }, key: AccessKey, scope: readonly string[]): string {
  const headers: Readonly<Record<string, string>> = { host: url.host, [header.name]: header.value.trim().replace(/ +/g, ' ') };
  const signed = (url.searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const lines = signed.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const request = ['GET', url.pathname, query, lines, signed.join(';'), sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', url.searchParams.get('X-Amz-Date') ?? '', scope.join('/'), sha256(request)].join('\n');
  return hmac(
    scope.reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${key.secretAccessKey}`),
    toSign,
  ).toString('hex');
}
