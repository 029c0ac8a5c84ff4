// STS asked who signed a request: the request goes out as it came, with one header, and nothing of ours is added. No SDK: it would sign anew.
import * as v from 'valibot';
import { WorldError, type Identity } from '../world.ts';

/** STS answers in some tens of milliseconds; the person waits at a terminal. */
const timeoutMs = 5_000;
/** An identity is some hundred bytes, and an error of STS's hardly more. */
const maxBytes = 16_384;
const call = 'sts:GetCallerIdentity';

/** STS's JSON, which it answers where it is asked to. */
const answer = v.object({
  GetCallerIdentityResponse: v.object({
    GetCallerIdentityResult: v.object({ Account: v.pipe(v.string(), v.regex(/^\d{12}$/)), Arn: v.pipe(v.string(), v.startsWith('arn:')) }),
  }),
});
const refusal = v.object({ Error: v.object({ Code: v.optional(v.string()), Message: v.optional(v.string()) }) });

/** `send` is for tests, which see the wire with it. */
export function liveIdentity(send: typeof fetch = fetch): Identity {
  return {
    async callerOf(url, { name, value }) {
      const { status, text } = await sent(send, url, { [name]: value, accept: 'application/json' });
      if (status >= 500 || status === 429) throw new WorldError(status === 429 ? 'throttled' : 'down', call, `STS answered ${status}`);
      if (status !== 200) return { refused: wordsOf(text, status) };
      const read = v.safeParse(answer, json(text));
      if (!read.success) throw new WorldError('down', call, 'STS answered something that is no identity');
      const { Account: accountId, Arn: arn } = read.output.GetCallerIdentityResponse.GetCallerIdentityResult;
      return { accountId, arn };
    },
  };
}

/** A redirect would lead away from STS: it is an error. */
async function sent(send: typeof fetch, url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  try {
    const response = await send(url, { method: 'GET', headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: (await response.text()).slice(0, maxBytes) };
  } catch (error) {
    throw new WorldError('down', call, error instanceof Error ? error.message : 'not reached');
  }
}

function wordsOf(text: string, status: number): string {
  const read = v.safeParse(refusal, json(text));
  const { Code: code = String(status), Message: message = '' } = read.success ? read.output.Error : {};
  return `${code}${message === '' ? '' : `: ${message.slice(0, 200)}`}`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
