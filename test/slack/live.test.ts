import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { liveSlack } from '../../lib/slack/live.ts';
import { slackManifest } from '../../lib/slack/manifest.ts';
import { WorldError } from '../../lib/world.ts';

type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown };
interface Seen {
  readonly path: string;
  readonly authorization: string;
  readonly form: URLSearchParams;
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const bodyOf = async (request: IncomingMessage): Promise<string> => Buffer.concat((await request.toArray()) as Buffer[]).toString();

/** A Slack at the wire: answers each request with the next reply. */
async function wire(...replies: readonly Reply[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', form: new URLSearchParams(body) });
      const { status = 200, headers = {}, body: answer } = replies[seen.length - 1] ?? { body: { ok: false, error: 'no_more_replies' } };
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const slept: number[] = [];
  const slackApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const slack = liveSlack(async () => 'xoxb-test', { slackApiUrl, sleep: async (ms) => void slept.push(ms), timeoutMs: 2000 });
  return { slack, seen, slept };
}
const message = { text: 'fallback', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x' } }] };
const refused = async (work: Promise<unknown>): Promise<WorldError> => {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(WorldError);
  return error as WorldError;
};

test('post, update and whisper carry the message, and nothing that links by itself', async () => {
  const { slack, seen } = await wire(
    { body: { ok: true, ts: '1.1' } },
    { body: { ok: true, ts: '1.1' } },
    { body: { ok: true } },
    { body: { ok: true, ts: '1.2' } },
  );
  expect(await slack.post('C1', message)).toEqual({ ts: '1.1' });
  await slack.update('C1', '1.1', message);
  await slack.whisper('C1', 'U1', message);
  expect(await slack.post('C1', message, '1.1')).toEqual({ ts: '1.2' });
  expect(seen.map((s) => s.path)).toEqual([
    '/api/chat.postMessage',
    '/api/chat.update',
    '/api/chat.postEphemeral',
    '/api/chat.postMessage',
  ]);
  expect(seen[0]?.authorization).toBe('Bearer xoxb-test');
  expect(Object.fromEntries(seen[0]?.form ?? [])).toMatchObject({
    channel: 'C1',
    text: 'fallback',
    unfurl_links: 'false',
    unfurl_media: 'false',
    link_names: 'false',
    parse: 'none',
    blocks: JSON.stringify(message.blocks),
  });
  expect(seen[1]?.form.get('ts')).toBe('1.1');
  expect(seen[2]?.form.get('user')).toBe('U1');
  expect(seen[3]?.form.get('thread_ts')).toBe('1.1');
});

describe('what Slack refuses is a WorldError, tried once', () => {
  test.each([
    ['not_in_channel', 'denied'],
    ['invalid_auth', 'denied'],
    ['missing_scope', 'denied'],
    ['channel_not_found', 'gone'],
    ['message_not_found', 'gone'],
    ['is_archived', 'gone'],
    ['ratelimited', 'throttled'],
    ['internal_error', 'down'],
    ['something_new', 'down'],
  ])('%s is %s', async (code, kind) => {
    const { slack, seen } = await wire({ body: { ok: false, error: code } });
    expect((await refused(slack.update('C1', '1.1', message))).kind).toBe(kind);
    expect(seen).toHaveLength(1);
  });

  test('an HTTP 500, and an answer that is no JSON', async () => {
    const broken = await wire({ status: 500, body: 'oops' });
    expect((await refused(broken.slack.post('C1', message))).kind).toBe('down');
    expect(broken.seen).toHaveLength(1);
    const odd = await wire({ body: '<html>' });
    expect((await refused(odd.slack.post('C1', message))).kind).toBe('down');
  });

  test('nobody there', async () => {
    const slack = liveSlack(async () => 'xoxb-test', { slackApiUrl: 'http://127.0.0.1:9/api/' });
    const error = await refused(slack.post('C1', message));
    expect(error.kind).toBe('down');
    expect(error.message).not.toContain('xoxb');
  });
});

describe('429', () => {
  test('a short wait is kept, once', async () => {
    const { slack, seen, slept } = await wire(
      { status: 429, headers: { 'retry-after': '2' }, body: '' },
      { body: { ok: true, ts: '1.1' } },
    );
    expect(await slack.post('C1', message)).toEqual({ ts: '1.1' });
    expect(slept).toEqual([2000]);
    expect(seen).toHaveLength(2);
  });
  test('asked twice, or for longer than the function has: throttled', async () => {
    const twice = await wire(
      { status: 429, headers: { 'retry-after': '1' }, body: '' },
      { status: 429, headers: { 'retry-after': '1' }, body: '' },
    );
    expect((await refused(twice.slack.post('C1', message))).kind).toBe('throttled');
    expect(twice.seen).toHaveLength(2);
    const long = await wire({ status: 429, headers: { 'retry-after': '30' }, body: '' });
    expect((await refused(long.slack.post('C1', message))).kind).toBe('throttled');
    expect(long.slept).toEqual([]);
  });
});

test('a layout Slack does not take still brings the words', async () => {
  const { slack, seen } = await wire({ body: { ok: false, error: 'invalid_blocks' } }, { body: { ok: true, ts: '1.1' } });
  expect(await slack.post('C1', message)).toEqual({ ts: '1.1' });
  expect(seen[1]?.form.get('blocks')).toBeNull();
  expect(seen[1]?.form.get('text')).toContain('fallback');
});

test('the manifest asks for one scope and names the address', () => {
  const url = 'https://abc123.lambda-url.us-east-1.on.aws/';
  const manifest = JSON.parse(JSON.stringify(slackManifest({ url }))) as {
    oauth_config: { scopes: { bot: string[] } };
    settings: { interactivity: object };
  };
  expect(manifest.oauth_config.scopes.bot).toEqual(['chat:write']);
  expect(manifest.settings.interactivity).toEqual({ is_enabled: true, request_url: url });
  expect(() => slackManifest({ url: 'http://x' })).toThrow('--url is "http://x"; write the https address');
  expect(() => slackManifest({ url, name: 'x'.repeat(36) })).toThrow('36 characters');
});
