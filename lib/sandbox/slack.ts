// A Slack in memory: keeps what is posted, refuses what Slack would refuse, can be down, and presses buttons as Slack does: the real
// `block_actions` payload, form-encoded and signed, as the Function URL event that the real receiver gets.
import { createHmac } from 'node:crypto';
import { checkMessage } from '../messages/check-blocks.ts';
import { actionId } from '../messages/buttons.ts';
import { acts, type Act } from '../model/act.ts';
import { WorldError, type Slack, type SlackMessage } from '../world.ts';

export interface KeptMessage extends SlackMessage {
  readonly ts: string;
  readonly channel: string;
  readonly postedAt: number;
  readonly edits: number;
  readonly editedAt?: number;
  readonly thread: readonly { readonly ts: string; readonly text: string; readonly blocks: readonly unknown[] }[];
}
export interface Whisper {
  readonly at: number;
  readonly channel: string;
  readonly userId: string;
  readonly message: SlackMessage;
}

/** What happened in the channel, as it happens. */
export type SlackEvent =
  | {
      readonly kind: 'post' | 'update';
      readonly at: number;
      readonly channel: string;
      readonly ts: string;
      readonly message: SlackMessage;
      readonly threadTs?: string;
    }
  | { readonly kind: 'whisper'; readonly at: number; readonly channel: string; readonly userId: string; readonly message: SlackMessage };

export interface SlackOptions {
  readonly clock: { now(): number };
  readonly signingSecret: string;
  readonly teamId: string;
  readonly appId: string;
  readonly channel: string;
  readonly onPost?: (event: SlackEvent) => void;
  /** Called before each request with Slack's method; what it throws, the caller gets: faults and counters hang here. */
  readonly onCall?: (method: string) => void;
}

/** A Lambda Function URL event, payload 2.0. */
export interface FunctionUrlEvent {
  readonly version: '2.0';
  readonly routeKey: '$default';
  readonly rawPath: '/';
  readonly rawQueryString: '';
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}
export interface ClickOptions {
  /** The button's value, where a message has two buttons of one kind. */
  readonly value?: string;
  /** A person of another workspace (Slack Connect). */
  readonly userTeamId?: string;
  /** The message as it looked when the person saw it, for a click on buttons that are gone by now. */
  readonly as?: SlackMessage;
}

export interface SandboxSlack extends Slack {
  /** The channel, oldest first. */
  readonly messages: readonly KeptMessage[];
  readonly whispers: readonly Whisper[];
  /** Requests so far, refused ones included. */
  readonly calls: number;
  /** Refuses everything while set: `down`, `throttled`, `denied`. */
  refusing: WorldError['kind'] | undefined;
  /** The signed request Slack sends for a press on a button. Throws when the message has no such button. */
  click(userId: string, messageTs: string, act: Act | string, options?: ClickOptions): FunctionUrlEvent;
  /** Removes a message, as a person with the rights may. */
  remove(ts: string): void;
}

interface Kept {
  ts: string;
  channel: string;
  text: string;
  blocks: readonly unknown[];
  postedAt: number;
  edits: number;
  editedAt?: number;
  thread: { ts: string; text: string; blocks: readonly unknown[] }[];
}
interface Pressed {
  readonly block_id: string;
  readonly action_id: string;
  readonly value: string;
  readonly text: unknown;
  readonly style?: string;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** The buttons of a message. */
function buttonsOf(blocks: readonly unknown[]): readonly Pressed[] {
  return blocks.map(fieldsOf).flatMap((block) => {
    const elements = block['type'] === 'actions' && Array.isArray(block['elements']) ? (block['elements'] as unknown[]) : [];
    return elements.map(fieldsOf).map((b) => ({
      block_id: String(block['block_id']),
      action_id: String(b['action_id']),
      value: String(b['value']),
      text: b['text'],
      ...(typeof b['style'] === 'string' ? { style: b['style'] } : {}),
    }));
  });
}

const isAct = (act: string): act is Act => acts.some((one) => one === act);

class MemorySlack implements SandboxSlack {
  readonly #options: SlackOptions;
  readonly #kept: Kept[] = [];
  readonly #whispers: Whisper[] = [];
  #serial = 0;
  calls = 0;
  refusing: WorldError['kind'] | undefined;

  constructor(options: SlackOptions) {
    this.#options = options;
  }
  get messages(): readonly KeptMessage[] {
    return this.#kept;
  }
  get whispers(): readonly Whisper[] {
    return this.#whispers;
  }

  async post(channel: string, message: SlackMessage, threadTs?: string): Promise<{ ts: string }> {
    const said = this.#take('chat.postMessage', channel, message);
    const at = this.#options.clock.now();
    const ts = `${Math.floor(at / 1000)}.${String(++this.#serial).padStart(6, '0')}`;
    if (threadTs === undefined) this.#kept.push({ ts, channel, ...said, postedAt: at, edits: 0, thread: [] });
    else this.#find(channel, threadTs, 'chat.postMessage').thread.push({ ts, ...said });
    this.#options.onPost?.({ kind: 'post', at, channel, ts, message: said, ...(threadTs === undefined ? {} : { threadTs }) });
    return { ts };
  }

  async update(channel: string, ts: string, message: SlackMessage): Promise<void> {
    const said = this.#take('chat.update', channel, message);
    const at = this.#options.clock.now();
    const kept = this.#find(channel, ts, 'chat.update');
    Object.assign(kept, said, { edits: kept.edits + 1, editedAt: at });
    this.#options.onPost?.({ kind: 'update', at, channel, ts, message: said });
  }

  async whisper(channel: string, userId: string, message: SlackMessage): Promise<void> {
    const said = this.#take('chat.postEphemeral', channel, message);
    const at = this.#options.clock.now();
    this.#whispers.push({ at, channel, userId, message: said });
    this.#options.onPost?.({ kind: 'whisper', at, channel, userId, message: said });
  }

  remove(ts: string): void {
    const n = this.#kept.findIndex((m) => m.ts === ts);
    if (n >= 0) this.#kept.splice(n, 1);
  }

  click(userId: string, messageTs: string, act: Act | string, options: ClickOptions = {}): FunctionUrlEvent {
    const message = this.#find(this.#options.channel, messageTs, 'click');
    const wanted = isAct(act) ? actionId(act) : act;
    const pressed = buttonsOf((options.as ?? message).blocks).find(
      (b) => b.action_id === wanted && (options.value === undefined || b.value === options.value),
    );
    if (!pressed)
      throw new Error(
        `message ${messageTs} has no button ${wanted}; it has ${
          buttonsOf(message.blocks)
            .map((b) => b.action_id)
            .join(', ') || 'none'
        }`,
      );
    return this.#signed(this.#payload(userId, message, pressed, options));
  }

  /** As docs.slack.dev shows a `block_actions` payload of a message. */
  #payload(userId: string, message: Kept, pressed: Pressed, { userTeamId }: ClickOptions): Readonly<Record<string, unknown>> {
    const { teamId, appId } = this.#options;
    const at = this.#options.clock.now();
    const name = userId.toLowerCase();
    return {
      type: 'block_actions',
      user: { id: userId, username: name, name, team_id: userTeamId ?? teamId },
      api_app_id: appId,
      token: 'verification-token-of-old-unused',
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: false },
      trigger_id: `${++this.#serial}.${teamId}.0`,
      team: { id: teamId, domain: 'sandbox' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: message.channel, name: 'gatemedic' },
      message: {
        type: 'message',
        user: 'U0GATEMEDIC',
        ts: message.ts,
        app_id: appId,
        text: message.text,
        team: teamId,
        blocks: message.blocks,
      },
      state: { values: {} },
      response_url: 'https://hooks.slack.com/actions/unused',
      actions: [{ ...pressed, type: 'button', action_ts: `${Math.floor(at / 1000)}.${String(at % 1000).padStart(3, '0')}000` }],
    };
  }

  #signed(payload: Readonly<Record<string, unknown>>): FunctionUrlEvent {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(this.#options.clock.now() / 1000));
    const signature = `v0=${createHmac('sha256', this.#options.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    };
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/',
      rawQueryString: '',
      headers,
      requestContext: { http: { method: 'POST', path: '/', protocol: 'HTTP/1.1' } },
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
  }

  /** Checks one request as Slack would; answers a copy of the message. */
  #take(method: string, channel: string, message: SlackMessage): SlackMessage {
    this.calls++;
    this.#options.onCall?.(method);
    if (this.refusing) throw new WorldError(this.refusing, `slack:${method}`, 'the sandbox refuses');
    if (channel !== this.#options.channel) throw new WorldError('gone', `slack:${method}`, 'channel_not_found');
    const problems = checkMessage(message);
    if (problems.length > 0) throw new Error(`slack:${method} invalid_blocks: ${problems.join('; ')}`);
    return { text: message.text, blocks: structuredClone(message.blocks) };
  }

  #find(channel: string, ts: string, method: string): Kept {
    const kept = this.#kept.find((m) => m.ts === ts && m.channel === channel);
    if (!kept) throw new WorldError('gone', `slack:${method}`, 'message_not_found');
    return kept;
  }
}

/** A Slack workspace with one channel. */
export const createSlack = (options: SlackOptions): SandboxSlack => new MemorySlack(options);
