// A click as Slack sends it (`block_actions`), read down to what `answer` needs. Everything in it is checked: the sender is Slack by then, the
// button's value is ours, but an old message or another app's may still stand in the channel.
import * as v from 'valibot';
import { acts } from '../model/act.ts';
import type { SlackClick } from '../stages/stage.ts';

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const payload = v.object({
  type: v.literal('block_actions'),
  api_app_id: short,
  team: v.nullish(v.object({ id: short })),
  user: v.object({ id: short, username: v.optional(v.string()), name: v.optional(v.string()), team_id: v.optional(short) }),
  container: v.optional(v.object({ message_ts: v.optional(short), channel_id: v.optional(short) })),
  channel: v.optional(v.object({ id: short })),
  message: v.optional(v.object({ ts: v.optional(short) })),
  actions: v.pipe(
    v.array(v.object({ action_id: short, value: v.optional(v.pipe(v.string(), v.maxLength(2000))), action_ts: v.optional(v.string()) })),
    v.minLength(1),
  ),
});
export type Payload = v.InferOutput<typeof payload>;

const carried = v.object({ incidentId: short, about: short, hash: short });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The form's one `payload` as a block action; undefined when it is anything else: of two, each reader may take another one. */
export function readPayload(body: string): Payload | undefined {
  const [text = '', ...more] = new URLSearchParams(body).getAll('payload');
  if (more.length > 0) return undefined;
  const read = v.safeParse(payload, parsed(text));
  return read.success ? read.output : undefined;
}

/** Whether the click comes from our own app in our own workspace. */
export const isOurs = (p: Payload, teamId: string, appId: string): boolean =>
  p.api_app_id === appId && (p.team?.id ?? p.user.team_id) === teamId;

/** When the person clicked, by Slack's own stamp: the same for a replay. */
function clickedAt(actionTs: string | undefined, now: number): number {
  const at = Math.round(Number(actionTs ?? Number.NaN) * 1000);
  return Number.isFinite(at) && Math.abs(now - at) < 600_000 ? at : now;
}

/** The click, or in words why there is none in it. */
export function readClick(p: Payload, now: number): SlackClick | string {
  const [action] = p.actions;
  const act = acts.find((a) => action?.action_id === `gatemedic.${a}`);
  if (!action || !act) return 'this button is not known here';
  const value = v.safeParse(carried, parsed(action.value ?? ''));
  const channel = p.container?.channel_id ?? p.channel?.id;
  const messageTs = p.container?.message_ts ?? p.message?.ts;
  if (!value.success || channel === undefined || messageTs === undefined) return 'this button carries nothing that can be read';
  const { incidentId, about, hash } = value.output;
  const userName = (p.user.name ?? p.user.username ?? p.user.id).slice(0, 80);
  return {
    origin: 'slack',
    act,
    incidentId,
    about,
    hash,
    userId: p.user.id,
    userName,
    teamId: p.user.team_id ?? p.team?.id ?? '',
    channel,
    messageTs,
    at: clickedAt(action.action_ts, now),
  };
}
