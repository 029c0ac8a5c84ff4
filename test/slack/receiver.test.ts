import { expect, test } from 'vitest';
import { incidentCard } from '../../lib/messages/card.ts';
import { createReceiver, type ReceiverOptions } from '../../lib/slack/receiver.ts';
import { refusal, sign } from '../../lib/slack/signature.ts';
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

test('an HTTP API hands the same click over as a Function URL: payload 2.0, a form in base64 or as text', async () => {
  // the fields beside headers and body are those of AWS's example (developer guide, HTTP API, Lambda integrations, payload 2.0)
  const around = {
    version: '2.0',
    routeKey: 'POST /',
    rawPath: '/',
    rawQueryString: '',
    requestContext: {
      accountId: '111122223333',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'Slackbot 1.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /',
      stage: '$default',
      timeEpoch: 1583348638390,
    },
  };
  const { slack, ts, clicks, receive } = await scene();
  const event = slack.click('U0ADA0001', ts, 'approve');
  expect((await receive({ ...around, ...event })).statusCode).toBe(200);
  const text = { ...event, body: Buffer.from(event.body ?? '', 'base64').toString(), isBase64Encoded: false };
  expect((await receive({ ...around, ...text })).statusCode).toBe(200);
  expect(clicks).toHaveLength(2);
  expect(clicks[0]).toEqual(clicks[1]);
});
