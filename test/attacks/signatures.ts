// Requests that claim to be Slack's: forged, bent, old, or of somebody else's app. None is handed on; each is answered with a reason.
import { expect } from 'vitest';
import { incidentCard } from '../../lib/messages/card.ts';
import { createSlack } from '../../lib/sandbox/slack.ts';
import { createReceiver } from '../../lib/slack/receiver.ts';
import { sign, type UrlEvent } from '../../lib/slack/signature.ts';
import type { Click } from '../../lib/stages/stage.ts';
import { asking, installation, t0 } from '../messages/incidents.ts';
import type { Attack, Room } from './attack.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const { teamId, appId, channel } = installation.slack;

async function scene() {
  const clock = { at: t0, now: () => clock.at };
  const slack = createSlack({ clock, signingSecret: secret, teamId, appId, channel });
  const { ts } = await slack.post(channel, incidentCard(asking, [], installation, { now: t0 }));
  const handedOn: Click[] = [];
  const receive = createReceiver({
    signingSecret: async () => secret,
    teamId,
    appId,
    now: clock.now,
    handOn: async (click) => void handedOn.push(click),
  });
  return { clock, receive, handedOn, real: slack.click('U0ADA0001', ts, 'approve') as UrlEvent };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const header = (event: UrlEvent, name: string): string => event.headers?.[name] ?? '';
const withHeaders = (event: UrlEvent, headers: Readonly<Record<string, string>>): UrlEvent => ({
  ...event,
  headers: { ...event.headers, ...headers },
});
const bodyOf = (event: UrlEvent): string => Buffer.from(event.body ?? '', 'base64').toString();
const packed = (body: string): string => Buffer.from(body).toString('base64');
/** Signed as whoever holds `key` would. */
const signed = (event: UrlEvent, body: string, key = secret, stamp = header(event, 'x-slack-request-timestamp')): UrlEvent => ({
  ...withHeaders(event, { 'x-slack-request-timestamp': stamp, 'x-slack-signature': sign(key, stamp, body) }),
  body: packed(body),
});
const form = (payload: unknown): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const payloadOf = (event: UrlEvent): Record<string, unknown> =>
  JSON.parse(new URLSearchParams(bodyOf(event)).get('payload') ?? '{}') as Record<string, unknown>;
const without = (payload: Record<string, unknown>, ...keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(payload).filter(([key]) => !keys.includes(key)));
/** Rightly signed, with another payload: what another app of Slack's, or a bent client, could send. */
const saying = (event: UrlEvent, change: (p: Record<string, unknown>) => unknown): UrlEvent =>
  signed(event, form(change(payloadOf(event))));

const refusedWith = async ({ receive, handedOn }: Scene, event: UrlEvent, status: number): Promise<void> => {
  const response = await receive(event);
  expect(response.statusCode).toBe(status);
  expect(response.body.length).toBeGreaterThan(5);
  expect(handedOn).toEqual([]);
};

/** name, the request made of a real one, the status it is answered with. */
const bent: readonly (readonly [string, (real: UrlEvent) => UrlEvent, number])[] = [
  ['signed with another secret', (e) => signed(e, bodyOf(e), 'another secret'), 401],
  ['signed with an empty secret', (e) => signed(e, bodyOf(e), ''), 401],
  ['one figure of the signature changed', (e) => withHeaders(e, { 'x-slack-signature': flipped(header(e, 'x-slack-signature')) }), 401],
  ['a signature cut short', (e) => withHeaders(e, { 'x-slack-signature': header(e, 'x-slack-signature').slice(0, 40) }), 401],
  ['a signature cut to its version', (e) => withHeaders(e, { 'x-slack-signature': 'v0=' }), 401],
  ['a signature with more behind it', (e) => withHeaders(e, { 'x-slack-signature': `${header(e, 'x-slack-signature')}00` }), 401],
  ['a signature in capitals', (e) => withHeaders(e, { 'x-slack-signature': header(e, 'x-slack-signature').toUpperCase() }), 401],
  [
    'another version of the signature',
    (e) => withHeaders(e, { 'x-slack-signature': header(e, 'x-slack-signature').replace('v0', 'v1') }),
    401,
  ],
  ['two signatures, the right one second', (e) => withHeaders(e, { 'x-slack-signature': `v0=00,${header(e, 'x-slack-signature')}` }), 401],
  ['no signature', (e) => ({ ...e, headers: { 'x-slack-request-timestamp': header(e, 'x-slack-request-timestamp') } }), 401],
  ['no headers at all', (e) => ({ ...(e.body === undefined ? {} : { body: e.body }), isBase64Encoded: true }), 401],
  ['nothing at all', () => ({}), 401],
  ['the signature of another body', (e) => ({ ...e, body: packed(`${bodyOf(e)}&x=1`) }), 401],
  ['the body cut short', (e) => ({ ...e, body: packed(bodyOf(e).slice(0, 200)) }), 401],
  ['an empty body under its signature', (e) => ({ ...e, body: '' }), 401],
  ['the body handed over as if it were plain', (e) => ({ ...e, isBase64Encoded: false }), 401],
  ['another timestamp under its signature', (e) => withHeaders(e, { 'x-slack-request-timestamp': String(t0 / 1000 + 1) }), 401],
  ['a timestamp that is no number', (e) => signed(e, bodyOf(e), secret, 'NaN'), 401],
  ['a timestamp before 1970', (e) => signed(e, bodyOf(e), secret, '-1'), 401],
  ['a timestamp in hexadecimal', (e) => signed(e, bodyOf(e), secret, `0x${Math.floor(t0 / 1000).toString(16)}`), 401],
  ['a timestamp without end', (e) => signed(e, bodyOf(e), secret, '9'.repeat(400)), 401],
  ['rightly signed, five minutes and a second old', (e) => signed(e, bodyOf(e), secret, String(t0 / 1000 - 301)), 401],
  ['rightly signed, five minutes and a second ahead', (e) => signed(e, bodyOf(e), secret, String(t0 / 1000 + 301)), 401],
  ['rightly signed, no form', (e) => signed(e, '{"type":"event_callback"}'), 400],
  ['rightly signed, Slack’s challenge of another API', (e) => signed(e, '{"type":"url_verification","challenge":"x"}'), 400],
  ['rightly signed, a form without a payload', (e) => signed(e, 'command=%2Fdeploy&text=now'), 400],
  ['rightly signed, two payloads', (e) => signed(e, `${bodyOf(e)}&${form({ ...payloadOf(e), user: { id: 'U0EVE0009' } })}`), 400],
  ['rightly signed, a payload that is no JSON', (e) => signed(e, 'payload=%7Bnot+json'), 400],
  ['rightly signed, a payload 200,000 levels deep', (e) => signed(e, `payload=${'['.repeat(200_000)}`), 400],
  ['half a megabyte and more', (e) => ({ ...e, body: 'A'.repeat(600_000) }), 413],
  ['rightly signed, half a megabyte and more', (e) => saying(e, (p) => ({ ...p, more: 'x'.repeat(600_000) })), 413],
  ['another workspace', (e) => saying(e, (p) => ({ ...p, team: { id: 'T0OTHER' } })), 403],
  [
    'another workspace, no team of the message',
    (e) => saying(e, (p) => ({ ...without(p, 'team'), user: { id: 'U0ADA0001', team_id: 'T0OTHER' } })),
    403,
  ],
  ['no workspace at all', (e) => saying(e, (p) => ({ ...without(p, 'team'), user: { id: 'U0ADA0001' } })), 403],
  ['another app of the same workspace', (e) => saying(e, (p) => ({ ...p, api_app_id: 'A0OTHER' })), 403],
  ['no app', (e) => saying(e, (p) => without(p, 'api_app_id')), 400],
  ['another kind of interaction', (e) => saying(e, (p) => ({ ...p, type: 'view_submission' })), 400],
  ['no button pressed', (e) => saying(e, (p) => ({ ...p, actions: [] })), 400],
  ['a button that Gatemedic has not', (e) => saying(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.destroy', value: '{}' }] })), 400],
  [
    'a button of an object’s own inheritance',
    (e) => saying(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.constructor', value: '{}' }] })),
    400,
  ],
  ['a button that carries nothing', (e) => saying(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.approve' }] })), 400],
  [
    'a button that carries half of it',
    (e) => saying(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.approve', value: '{"incidentId":"inc-1"}' }] })),
    400,
  ],
  [
    'a button that carries ten kilobytes',
    (e) => saying(e, (p) => ({ ...p, actions: [{ action_id: 'gatemedic.approve', value: 'x'.repeat(10_000) }] })),
    400,
  ],
  ['a click without its message', (e) => saying(e, (p) => without(p, 'message', 'container')), 400],
  ['a person without an id', (e) => saying(e, (p) => ({ ...p, user: { team_id: teamId } })), 400],
];
const flipped = (text: string): string => text.replace(/.$/, (c) => (c === '0' ? '1' : '0'));

const attacks: readonly Attack[] = [
  ...bent.map(([name, change, status]) => ({
    name,
    run: async () => {
      const s = await scene();
      await refusedWith(s, change(s.real), status);
      // the attack is worth its name only if the request it was made of goes through
      expect((await s.receive(s.real)).statusCode).toBe(200);
    },
  })),
  {
    name: 'a clock that is five minutes and a second ahead of Slack’s, and one behind it',
    run: async () => {
      for (const skew of [301_000, -301_000]) {
        const s = await scene();
        s.clock.at = t0 + skew;
        await refusedWith(s, s.real, 401);
      }
    },
  },
  {
    name: 'every 97th bit of a signed body flipped',
    run: async () => {
      const s = await scene();
      const bytes = Buffer.from(s.real.body ?? '', 'base64');
      for (let n = 0; n < bytes.length; n += 97) {
        const bad = Buffer.from(bytes);
        bad[n] = (bad[n] ?? 0) ^ 1;
        await refusedWith(s, { ...s.real, body: bad.toString('base64') }, 401);
      }
    },
  },
  {
    name: 'prototype keys in the payload reach nothing',
    run: async () => {
      const s = await scene();
      const text = JSON.stringify(payloadOf(s.real)).replace(
        '{',
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
      );
      await s.receive(signed(s.real, new URLSearchParams({ payload: text }).toString()));
      expect(({} as { polluted?: true }).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(s.handedOn[0] ?? {})).toBe(Object.prototype);
      expect(Object.keys(s.handedOn[0] ?? {})).not.toContain('polluted');
    },
  },
];

export const signatures: Room = { of: 'signatures', attacks };
