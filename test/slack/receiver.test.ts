import { describe, expect, test } from 'vitest';
import { incidentCard } from '../../lib/messages/card.ts';
import { createReceiver, type ReceiverOptions } from '../../lib/slack/receiver.ts';
import { refusal, sign, type UrlEvent } from '../../lib/slack/signature.ts';
import { createSlack } from '../../lib/sandbox/slack.ts';
import type { Click } from '../../lib/stages/stage.ts';
import { asking, base, installation, plan, t0 } from '../messages/incidents.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const { teamId, appId, channel } = installation.slack;

async function scene(options: Partial<ReceiverOptions> = {}, startAt = t0) {
  const clock = { at: startAt, now: () => clock.at };
  const slack = createSlack({ clock, signingSecret: secret, teamId, appId, channel });
  const { ts } = await slack.post(channel, incidentCard(asking, [], installation, { now: startAt }));
  const clicks: Click[] = [];
  const receive = createReceiver({
    signingSecret: async () => secret,
    teamId,
    appId,
    now: clock.now,
    handOn: async (c) => void clicks.push(c),
    ...options,
  });
  return { clock, slack, ts, clicks, receive };
}
/** The event with its body decoded, changed, and packed again; signed anew only where asked. */
function changed(event: UrlEvent, change: (body: string) => string, resign = false): UrlEvent {
  const body = change(Buffer.from(event.body ?? '', 'base64').toString());
  const stamp = event.headers?.['x-slack-request-timestamp'] ?? '';
  return {
    ...event,
    body: Buffer.from(body).toString('base64'),
    headers: { ...event.headers, ...(resign ? { 'x-slack-signature': sign(secret, stamp, body) } : {}) },
  };
}
const withPayload = (event: UrlEvent, change: (p: Record<string, unknown>) => unknown): UrlEvent =>
  changed(
    event,
    (body) =>
      new URLSearchParams({
        payload: JSON.stringify(change(JSON.parse(new URLSearchParams(body).get('payload') ?? '{}') as Record<string, unknown>)),
      }).toString(),
    true,
  );

test('a real click is verified, read and handed on before it is acknowledged', async () => {
  const order: string[] = [];
  const clicks: Click[] = [];
  const { slack, ts, receive } = await scene({ handOn: async (c) => void (clicks.push(c), order.push('handed on')) });
  const response = await receive(slack.click('U0ADA0001', ts, 'approve')).then((r) => (order.push('acknowledged'), r));
  expect(response.statusCode).toBe(200);
  expect(response.body).toBe('');
  expect(order).toEqual(['handed on', 'acknowledged']);
  expect(clicks).toEqual([
    {
      origin: 'slack',
      seal: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      act: 'approve',
      incidentId: base.id,
      about: 'q81c',
      hash: plan.hash,
      userId: 'U0ADA0001',
      userName: 'u0ada0001',
      teamId,
      channel,
      messageTs: ts,
      at: t0,
    },
  ]);
});

test('handing on comes first: when it fails, Slack hears it and nothing is acknowledged', async () => {
  const { slack, ts, receive } = await scene({ handOn: async () => Promise.reject(new Error('no such function')) });
  const response = await receive(slack.click('U0ADA0001', ts, 'approve'));
  expect(response.statusCode).toBe(500);
  expect(response.body).toBe('the click could not be handed on; please press again');
  expect(response.body).not.toContain('no such function');
});

test('every single flipped byte of a signed body is refused', async () => {
  const { slack, ts, clicks, receive } = await scene();
  const event = slack.click('U0ADA0001', ts, 'approve');
  const bytes = Buffer.from(event.body, 'base64');
  for (let n = 0; n < bytes.length; n += 97) {
    const flipped = Buffer.from(bytes);
    flipped[n] = (flipped[n] ?? 0) ^ 1;
    expect((await receive({ ...event, body: flipped.toString('base64') })).statusCode).toBe(401);
  }
  expect(clicks).toEqual([]);
  expect((await receive(event)).statusCode).toBe(200);
});

describe('what is not Slack’s own and fresh is refused', () => {
  test.each<[string, (e: UrlEvent) => UrlEvent, number]>([
    [
      'a flipped byte of the signature',
      (e) => ({
        ...e,
        headers: {
          ...e.headers,
          'x-slack-signature': (e.headers?.['x-slack-signature'] ?? '').replace(/.$/, (c) => (c === '0' ? '1' : '0')),
        },
      }),
      401,
    ],
    [
      'another version of the signature',
      (e) => ({ ...e, headers: { ...e.headers, 'x-slack-signature': (e.headers?.['x-slack-signature'] ?? '').replace('v0=', 'v1=') } }),
      401,
    ],
    ['no signature', (e) => ({ ...e, headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 401],
    ['no headers', (e) => ({ body: e.body, isBase64Encoded: true }), 401],
    ['another timestamp', (e) => ({ ...e, headers: { ...e.headers, 'x-slack-request-timestamp': String(t0 / 1000 + 1) } }), 401],
    ['a timestamp that is none', (e) => ({ ...e, headers: { ...e.headers, 'x-slack-request-timestamp': 'NaN' } }), 401],
    ['an empty body', (e) => ({ ...e, body: '' }), 401],
    ['no event to speak of', () => ({}), 401],
    ['half a megabyte', (e) => ({ ...e, body: 'A'.repeat(600_000) }), 413],
    ['signed garbage', (e) => changed(e, () => 'payload=%7Bnot+json', true), 400],
    ['signed, but no form', (e) => changed(e, () => '{"type":"event_callback"}', true), 400],
    ['another kind of payload', (e) => withPayload(e, (p) => ({ ...p, type: 'view_submission' })), 400],
    ['no actions', (e) => withPayload(e, (p) => ({ ...p, actions: [] })), 400],
    ['deep nonsense', (e) => withPayload(e, () => JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown), 400],
    ['another team', (e) => withPayload(e, (p) => ({ ...p, team: { id: 'T0OTHER' } })), 403],
    ['another app', (e) => withPayload(e, (p) => ({ ...p, api_app_id: 'A0OTHER' })), 403],
    [
      'a button of nobody',
      (e) => withPayload(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.destroy', value: '{}', type: 'button' }] })),
      400,
    ],
    [
      'a button that carries nothing',
      (e) => withPayload(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.approve', value: 'x', type: 'button' }] })),
      400,
    ],
    ['a button without its message', (e) => withPayload(e, ({ message: _m, container: _c, ...p }) => p), 400],
  ])('%s', async (_, change, status) => {
    const { slack, ts, clicks, receive } = await scene();
    const response = await receive(change(slack.click('U0ADA0001', ts, 'approve')));
    expect(response.statusCode).toBe(status);
    expect(response.body.length).toBeGreaterThan(5);
    expect(clicks).toEqual([]);
  });

  test('older than five minutes, or from the future', async () => {
    const { slack, ts, clicks, clock, receive } = await scene();
    const event = slack.click('U0ADA0001', ts, 'approve');
    clock.at = t0 + 301_000;
    expect((await receive(event)).statusCode).toBe(401);
    clock.at = t0 - 301_000;
    expect((await receive(event)).statusCode).toBe(401);
    clock.at = t0 + 299_000;
    expect((await receive(event)).statusCode).toBe(200);
    expect(clicks).toHaveLength(1);
  });
});

test('a body that is not in base64 is the same click', async () => {
  const { slack, ts, clicks, receive } = await scene();
  const event = slack.click('U0ADA0001', ts, 'dismiss');
  expect((await receive({ ...event, body: Buffer.from(event.body, 'base64').toString(), isBase64Encoded: false })).statusCode).toBe(200);
  expect(clicks[0]?.act).toBe('dismiss');
});

test('a person of another workspace is handed on as such: answer refuses, and says so', async () => {
  const { slack, ts, clicks, receive } = await scene();
  expect((await receive(slack.click('U0EVE0009', ts, 'approve', { userTeamId: 'T0OTHER' }))).statusCode).toBe(200);
  expect(clicks[0]).toMatchObject({ userId: 'U0EVE0009', teamId: 'T0OTHER' });
});

test('a replay is the same click, to the millisecond', async () => {
  const { slack, ts, clicks, clock, receive } = await scene();
  const event = slack.click('U0ADA0001', ts, 'approve');
  await receive(event);
  clock.at += 120_000;
  await receive(event);
  expect(clicks).toHaveLength(2);
  expect(clicks[1]).toEqual(clicks[0]);
});

test('under the wall clock Bolt verifies as well, and takes the same click', async () => {
  const now = Date.now();
  const clock = { now: () => now };
  const slack = createSlack({ clock, signingSecret: secret, teamId, appId, channel });
  const { ts } = await slack.post(channel, incidentCard(asking, [], installation, { now }));
  const clicks: Click[] = [];
  const receive = createReceiver({ signingSecret: async () => secret, teamId, appId, handOn: async (c) => void clicks.push(c) });
  expect((await receive(slack.click('U0ADA0001', ts, 'approve'))).statusCode).toBe(200);
  expect(clicks).toHaveLength(1);
});

test('a rotated secret is used at the next click', async () => {
  let current = secret;
  const { slack, ts, clicks, receive } = await scene({ signingSecret: async () => current });
  const event = slack.click('U0ADA0001', ts, 'approve');
  expect((await receive(event)).statusCode).toBe(200);
  current = 'another';
  expect((await receive(event)).statusCode).toBe(401);
  expect(clicks).toHaveLength(1);
});

test('Slack’s own published example of a signature', () => {
  // docs.slack.dev, "Verifying requests from Slack": secret, timestamp, body and signature as printed there.
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
  expect(sign('8f742231b10e8888abcd99yyyzzz85a5', '1531420618', body)).toBe(signature);
  expect(
    refusal(
      { body, headers: { 'X-Slack-Signature': signature, 'X-Slack-Request-Timestamp': '1531420618' } },
      '8f742231b10e8888abcd99yyyzzz85a5',
      1531420618_000,
    ),
  ).toBeUndefined();
});
