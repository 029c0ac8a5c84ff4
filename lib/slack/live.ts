// Slack as it is: @slack/web-api, loaded when first needed. No retry of its own beyond one short wait that Slack asks for; what Slack
// refuses becomes a WorldError, and the outbox sends it again.
import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { exportsOf } from './commonjs.ts';
import { WorldError, type Slack, type SlackMessage } from '../world.ts';

export interface LiveSlackOptions {
  /** Another address than https://slack.com/api/, for an emulator. */
  readonly slackApiUrl?: string;
  /** How long one request may take; `tell` has 30 s for all of its own. */
  readonly timeoutMs?: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Slack's error codes (docs.slack.dev, chat.postMessage and chat.update), by what they mean for us. Others count as down. */
const kinds: Readonly<Record<string, WorldError['kind']>> = {
  ratelimited: 'throttled',
  rate_limited: 'throttled',
  message_limit_exceeded: 'throttled',
  message_not_found: 'gone',
  channel_not_found: 'gone',
  is_archived: 'gone',
  thread_not_found: 'gone',
  cant_update_message: 'gone',
  edit_window_closed: 'gone',
  user_not_in_channel: 'gone',
  not_in_channel: 'denied',
  not_authed: 'denied',
  invalid_auth: 'denied',
  account_inactive: 'denied',
  token_revoked: 'denied',
  token_expired: 'denied',
  missing_scope: 'denied',
  no_permission: 'denied',
  restricted_action: 'denied',
  access_denied: 'denied',
  team_access_not_granted: 'denied',
  org_login_required: 'denied',
  ekm_access_denied: 'denied',
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
/** The code of a platform error, such as `not_in_channel`; undefined for errors of the wire. */
function platformCode(error: unknown): string | undefined {
  const code = fieldsOf(fieldsOf(error)['data'])['error'];
  return typeof code === 'string' ? code : undefined;
}

function asWorldError(error: unknown, call: string): WorldError {
  const { code, retryAfter, statusCode, message } = fieldsOf(error);
  const platform = platformCode(error);
  if (platform !== undefined) return new WorldError(kinds[platform] ?? 'down', call, platform);
  if (code === 'slack_webapi_rate_limited_error') return new WorldError('throttled', call, `slack asks to wait ${String(retryAfter)} s`);
  if (typeof statusCode === 'number') return new WorldError('down', call, `http status ${statusCode}`);
  return new WorldError('down', call, typeof message === 'string' ? message.slice(0, 200) : 'no answer');
}

/** A wait that fits into the function's own time; a longer one is the outbox's. */
const longestWaitSeconds = 5;

/** Runs one call; waits once, when Slack says for how long and it is short. */
async function called<T>(call: string, run: () => Promise<T>, sleep: (ms: number) => Promise<unknown>, again = true): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, retryAfter } = fieldsOf(error);
    const short = code === 'slack_webapi_rate_limited_error' && typeof retryAfter === 'number' && retryAfter <= longestWaitSeconds;
    if (!again || !short) throw asWorldError(error, call);
    await sleep(retryAfter * 1000);
    return called(call, run, sleep, false);
  }
}

/** Nothing in a message becomes a link, a preview or a mention by Slack's own doing. */
const inert = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const;

interface Body {
  readonly text: string;
  readonly blocks?: never[];
}
/** Blocks are checked by our own tests; Slack is the judge of them, so they pass as they are. */
const bodyOf = (message: SlackMessage): Body => ({ text: message.text, blocks: [...message.blocks] as never[] });
const wordsOnly = (message: SlackMessage): Body => ({
  text: `${message.text} (Slack refused this message's layout; details are on the topic)`,
});
const layoutRefused = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);

/** A layout Slack does not take must not cost the news: then the words alone go out. */
async function orWords<T>(message: SlackMessage, send: (body: Body) => Promise<T>): Promise<T> {
  try {
    return await send(bodyOf(message));
  } catch (error) {
    if (!layoutRefused.has(platformCode(error) ?? '')) throw error;
    return send(wordsOnly(message));
  }
}

async function connect(token: string, options: LiveSlackOptions): Promise<WebClient> {
  const { WebClient, LogLevel } = exportsOf(await import('@slack/web-api'), 'WebClient');
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: options.timeoutMs ?? 6000,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    ...(options.slackApiUrl === undefined ? {} : { slackApiUrl: options.slackApiUrl }),
  });
}

/** Slack behind a bot token. The token is asked for at each call, so that a rotated one is used without a new deployment; the client is kept while it stays the same. */
export function liveSlack(token: () => Promise<string>, options: LiveSlackOptions = {}): Slack {
  let kept: { token: string; client: Promise<WebClient> } | undefined;
  const sleep = options.sleep ?? ((ms: number) => pause(ms));
  const client = async (): Promise<WebClient> => {
    const now = await token();
    if (kept?.token !== now) kept = { token: now, client: connect(now, options) };
    return kept.client;
  };
  const send = async <T>(call: string, message: SlackMessage, run: (client: WebClient, body: Body) => Promise<T>): Promise<T> => {
    const web = await client();
    return called(call, () => orWords(message, (body) => run(web, body)), sleep);
  };
  return {
    async post(channel, message, threadTs) {
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not a window's
      const posted = await send('slack:chat.postMessage', message, (web, body) =>
        web.chat.postMessage({ channel, ...body, ...inert, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) }),
      );
      if (posted.ts === undefined) throw new WorldError('down', 'slack:chat.postMessage', 'the answer has no ts');
      return { ts: posted.ts };
    },
    async update(channel, ts, message) {
      await send('slack:chat.update', message, (web, body) => web.chat.update({ channel, ts, ...body, link_names: false, parse: 'none' }));
    },
    async whisper(channel, userId, message) {
      await send('slack:chat.postEphemeral', message, (web, body) =>
        web.chat.postEphemeral({ channel, user: userId, ...body, link_names: false, parse: 'none' }),
      );
    },
  };
}
