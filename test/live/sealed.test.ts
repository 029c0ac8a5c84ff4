// In front of `answer`: only `receive` can make a click, whoever may invoke the function; an order by the command line passes, for it proves itself.
import { describe, expect, test } from 'vitest';
import { liveIdentity } from '../../lib/live/identity.ts';
import { sealedBy, sealedOnly } from '../../lib/live/sealed.ts';
import { sealed } from '../../lib/slack/seal.ts';
import { plan } from '../messages/incidents.ts';
import { tellingWorld } from '../stages/telling-world.ts';

const click = tellingWorld().click();
const taken: unknown[] = [];
const handler = async (event: unknown): Promise<string> => (taken.push(event), 'taken');
const secret = async (): Promise<string> => 'signing-secret';

describe('a click', () => {
  test('under the seal of receive is taken', async () => {
    expect(await sealedOnly(handler, secret)(sealed(click, 'signing-secret'))).toBe('taken');
  });
  test.each([
    ['none', click],
    ['another secret', sealed(click, 'guessed')],
    ['of another person', { ...sealed(click, 'signing-secret'), userId: 'U0EVE0009' }],
    ['of another question', { ...sealed(click, 'signing-secret'), about: 'q-other' }],
    ['of another act', { ...sealed(click, 'signing-secret'), act: 'dismiss' }],
    ['of another hash', { ...sealed(click, 'signing-secret'), hash: plan.hash.replace('a', 'b') }],
    ['of another time', { ...sealed(click, 'signing-secret'), at: click.at + 1 }],
    ['of another workspace', { ...sealed(click, 'signing-secret'), teamId: 'T0OTHER' }],
    ['no text', { ...click, seal: 7 }],
  ])('seal: %s, refused by name', async (_, event) => {
    const before = taken.length;
    await expect(sealedOnly(handler, secret)(event)).rejects.toThrow(/was not handed on by receive: its seal does not fit/);
    expect(taken).toHaveLength(before);
  });
  test('without a receiver there is no secret, and no click at all', async () => {
    await expect(sealedOnly(handler, undefined)(sealed(click, ''))).rejects.toThrow(/its seal does not fit/);
    await expect(sealedBy({}, handler)(sealed(click, ''))).rejects.toThrow(/its seal does not fit/);
  });
  test('a secret that was just changed is read again before a click is refused', async () => {
    const asked: boolean[] = [];
    const changing = async (fresh = false): Promise<string> => (asked.push(fresh), fresh ? 'new' : 'old');
    expect(await sealedOnly(handler, changing)(sealed(click, 'new'))).toBe('taken');
    expect(asked).toEqual([false, true]);
  });
  test('what is no click goes on, to the one check of its form', async () => {
    expect(await sealedOnly(handler, secret)({ origin: 'command', act: 'approve' })).toBe('taken');
    expect(await sealedOnly(handler, secret)('nonsense')).toBe('taken');
  });
});

describe('STS, asked who signed', () => {
  const answering = (status: number, body: unknown, seen: { url?: string; init?: RequestInit } = {}): typeof fetch =>
    (async (url: string, init: RequestInit) => (
      Object.assign(seen, { url, init }),
      new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
    )) as typeof fetch;
  const header = { name: 'x-gatemedic-act', value: 'gatemedic-1;…' };
  const good = {
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ada', UserId: 'AIDA' },
    },
  };

  test('the request goes out as it came, with the one header, and follows no redirect', async () => {
    const seen: { url?: string; init?: RequestInit } = {};
    const url = 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity';
    expect(await liveIdentity(answering(200, good, seen)).callerOf(url, header)).toEqual({
      accountId: '111122223333',
      arn: 'arn:aws:iam::111122223333:user/ada',
    });
    expect(seen).toMatchObject({
      url,
      init: { method: 'GET', redirect: 'error', headers: { 'x-gatemedic-act': header.value, accept: 'application/json' } },
    });
  });
  test.each([
    [403, { Error: { Code: 'SignatureDoesNotMatch', Message: 'x' } }, 'SignatureDoesNotMatch: x'],
    [400, { Error: { Code: 'ExpiredTokenException' } }, 'ExpiredTokenException'],
    [403, '<html>', '403'],
  ])('%s is a refusal, in its own words', async (status, body, refused) => {
    expect(await liveIdentity(answering(status, body)).callerOf('https://x/', header)).toEqual({ refused });
  });
  test.each([
    ['down', 503, {}],
    ['throttled', 429, {}],
    ['an answer that is none', 200, {}],
    ['an account that is none', 200, { GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: 'x', Arn: 'arn:x' } } }],
    ['no JSON', 200, 'ok'],
  ])('%s proves nothing', async (_, status, body) => {
    await expect(liveIdentity(answering(status, body)).callerOf('https://x/', header)).rejects.toMatchObject({
      name: 'WorldError',
      call: 'sts:GetCallerIdentity',
    });
  });
  test('not reached', async () => {
    const away = (async () => Promise.reject(new TypeError('fetch failed'))) as typeof fetch;
    await expect(liveIdentity(away).callerOf('https://x/', header)).rejects.toMatchObject({ kind: 'down' });
  });
});
