// Slack for the emulator suite: emulate's Web API keeps the messages; a click is what Slack would send, signed, to the real Function URL.
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { createEmulator } from 'emulate';
import { endpoint } from './deploy.ts';

/** What emulate makes without a seed. */
export const channel = 'C000000001';
export const teamId = 'T000000001';
export const appId = 'A000000001';
export const signingSecret = 'a-signing-secret-of-the-emulator';

export interface Message {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly thread_ts?: string;
}
interface Block {
  readonly type: string;
  readonly block_id?: string;
  readonly elements?: readonly Button[];
}
interface Button {
  readonly type: string;
  readonly action_id: string;
  readonly value: string;
  readonly text: { readonly text: string };
}

export interface SlackServer {
  readonly url: string;
  history(): Promise<readonly Message[]>;
  close(): Promise<void>;
}

export async function startSlack(): Promise<SlackServer> {
  const slack = await createEmulator({ service: 'slack', port: 0 });
  const call = async (method: string, body: Record<string, unknown>): Promise<Record<string, unknown>> =>
    (
      await fetch(`${slack.url}/api/${method}`, {
        method: 'POST',
        headers: { authorization: 'Bearer xoxb-emulator', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json() as Promise<Record<string, unknown>>;
  return {
    url: `${slack.url}/api/`,
    history: async () =>
      ((await call('conversations.history', { channel }))['messages'] as Message[]).filter(
        (m) => m.thread_ts === undefined || m.thread_ts === m.ts,
      ),
    close: () => slack.close(),
  };
}

/** The button whose label begins so. */
export function button(message: Message, label: string): { readonly button: Button; readonly blockId: string } | undefined {
  for (const block of message.blocks)
    for (const b of block.elements ?? [])
      if (b.type === 'button' && b.text.text.startsWith(label)) return { button: b, blockId: block.block_id ?? '' };
  return undefined;
}

export interface Pressed {
  readonly status: number;
  readonly body: string;
}

/** Presses a button as `userId`. `flip` changes one byte of the body after it was signed. */
export async function press(
  functionUrl: string,
  message: Message,
  label: string,
  userId: string,
  { flip = false }: { flip?: boolean } = {},
): Promise<Pressed> {
  const found = button(message, label);
  if (!found) throw new Error(`no button ${label} in ${JSON.stringify(message.blocks)}`);
  const payload = {
    type: 'block_actions',
    api_app_id: appId,
    trigger_id: '1.2.3',
    team: { id: teamId, domain: 'ours' },
    user: { id: userId, username: 'someone', name: 'someone', team_id: teamId },
    container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'general' },
    message,
    response_url: 'https://hooks.example/none',
    actions: [
      {
        type: 'button',
        action_id: found.button.action_id,
        block_id: found.blockId,
        value: found.button.value,
        text: found.button.text,
        action_ts: `${Date.now() / 1000}`,
      },
    ],
  };
  const signed = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${signed}`).digest('hex')}`;
  const body = flip ? signed.replace(userId, `${userId.slice(0, -1)}Z`) : signed;
  return post(functionUrl, body, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  });
}

/** MiniStack serves a Function URL on its own port, by the Host header. */
function post(functionUrl: string, body: string, headers: Record<string, string>): Promise<Pressed> {
  const { hostname, port } = new URL(endpoint);
  const host = `${new URL(functionUrl).hostname.split('.')[0]}.lambda-url.us-east-1.localhost:${port}`;
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method: 'POST', path: '/', headers: { ...headers, host, 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
