// The public end of Slack: a Lambda Function URL. It verifies and hands on, nothing else: it holds no right to write or to wake, and calls
// nobody before Slack has its answer but the function that takes the click.
import type { AwsLambdaReceiver, Logger, LogLevel } from '@slack/bolt';
import type { SlackClick } from '../stages/stage.ts';
import { exportsOf } from './commonjs.ts';
import { isOurs, type Payload, readClick, readPayload } from './payload.ts';
import { sealed, type Sealed } from './seal.ts';
import { headerOf, rawBody, refusal, type UrlEvent } from './signature.ts';

export interface ReceiverOptions {
  signingSecret(): Promise<string>;
  readonly teamId: string;
  readonly appId: string;
  /** Hands the verified click on, under its seal; resolves when it is in safe hands. */
  handOn(click: Sealed): Promise<void>;
  /** A given clock, simulated; the wall clock where absent. */
  readonly now?: () => number;
}
export interface UrlResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
export type Receiver = (event: UrlEvent) => Promise<UrlResponse>;

const text = (statusCode: number, body: string): UrlResponse => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** A block action with its message is a few tens of KB; Slack's messages end at about 100 KB. */
const maxBodyBytes = 512 * 1024;

/** What is wrong with a request before Bolt sees it: size, signature, age, form, team, app. */
function checked(event: UrlEvent, secret: string, now: number, options: ReceiverOptions): { payload: Payload } | UrlResponse {
  if ((event.body?.length ?? 0) > maxBodyBytes) return text(413, 'the request is larger than any click');
  const refused = refusal(event, secret, now);
  if (refused !== undefined) return text(401, refused);
  const payload = readPayload(rawBody(event).toString('utf8'));
  if (!payload) return text(400, 'this is no click on a button');
  return isOurs(payload, options.teamId, options.appId) ? { payload } : text(403, 'this click belongs to another workspace or app');
}

type Handler = ReturnType<AwsLambdaReceiver['toHandler']>;

/** Bolt reads the body as it came; a Function URL's event is filled up to the shape it expects. The click rides along, read and checked. */
const forBolt = (event: UrlEvent, click: SlackClick): Parameters<Handler>[0] => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/',
  rawQueryString: '',
  requestContext: { click },
  isBase64Encoded: false,
  body: rawBody(event).toString('utf8'),
  headers: {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Slack-Signature': headerOf(event, 'x-slack-signature'),
    'X-Slack-Request-Timestamp': headerOf(event, 'x-slack-request-timestamp'),
  },
});
const clickOf = (event: Parameters<Handler>[0]): { click: SlackClick } => ({
  click: (event.requestContext as { click: SlackClick }).click,
});

const nothing = (): void => undefined;
/** Bolt's own logger would print bodies; a click is logged by `answer`, in our own words. */
const silent = (level: LogLevel): Logger => ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => level,
  setName: nothing,
});

/**
 * Bolt with one listener. `authorize` answers at once with nothing: with a token Bolt would call Slack first, and with Slack slow the click
 * would not be acknowledged within its three seconds. Bolt's own signature check reads the wall clock, so it is left out under a given one.
 */
async function boltHandler(secret: string, options: ReceiverOptions): Promise<Handler> {
  const { App, AwsLambdaReceiver, LogLevel } = exportsOf(await import('@slack/bolt'), 'AwsLambdaReceiver');
  const logger = silent(LogLevel.ERROR);
  const receiver = new AwsLambdaReceiver({
    signingSecret: secret,
    signatureVerification: options.now === undefined,
    logger,
    customPropertiesExtractor: clickOf,
  });
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    ignoreSelf: false,
    authorize: async () => ({ botId: 'B0', botUserId: 'U0' }),
  });
  app.action({ type: 'block_actions', action_id: /^gatemedic\./ }, async ({ ack, context }) => {
    await options.handOn(sealed((context as unknown as { click: SlackClick }).click, secret));
    await ack();
  });
  return receiver.toHandler();
}

/** Answers a Function URL event of Slack's; what it cannot take, it says. Throws only when the signing secret cannot be had. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const clock = options.now ?? Date.now;
  const handlers = new Map<string, Promise<Handler>>();
  const handlerFor = (secret: string): Promise<Handler> => {
    const kept = handlers.get(secret);
    if (kept) return kept;
    handlers.clear();
    const made = boltHandler(secret, options);
    handlers.set(secret, made);
    return made;
  };
  return async (event) => {
    const secret = await options.signingSecret();
    const found = checked(event, secret, clock(), options);
    if (!('payload' in found)) return found;
    const click = readClick(found.payload, clock());
    if (typeof click === 'string') return text(400, click);
    const handler = await handlerFor(secret);
    const { statusCode, body } = await handler(forBolt(event, click), {});
    return statusCode === 500 ? text(500, 'the click could not be handed on; please press again') : { statusCode, body };
  };
}
