// The seal on a click: `receive` puts it on what it verified, and `answer` takes no click without it. Whoever may invoke `answer` (people who
// decide by the command line may) could otherwise write a click of anybody's; only the two of them know the signing secret.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SlackClick } from '../stages/stage.ts';

export type Sealed = SlackClick & { readonly seal: string };

/** Every word of the click, in one order. The prefix keeps it apart from what Slack signs, which begins with `v0:`. */
const sealOf = (c: SlackClick, secret: string): string =>
  createHmac('sha256', secret)
    .update(
      `gatemedic-click:${JSON.stringify([c.act, c.incidentId, c.about, c.hash, c.userId, c.userName, c.teamId, c.channel, c.messageTs, c.at])}`,
    )
    .digest('hex');

export const sealed = (click: SlackClick, secret: string): Sealed => ({ ...click, seal: sealOf(click, secret) });

export function isSealed(click: SlackClick & { readonly seal?: unknown }, secret: string): boolean {
  const [is, ought] = [Buffer.from(typeof click.seal === 'string' ? click.seal : ''), Buffer.from(sealOf(click, secret))];
  return is.length === ought.length && timingSafeEqual(is, ought);
}
