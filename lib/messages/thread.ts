// The small messages: an incident's history in its thread, and what one person alone is told after a click.
import type { Note } from '../model/incident.ts';
import { lines, type Message, section } from './blocks.ts';
import { clock, cut, plain, sentence } from './text.ts';

/** Several lines of history as one reply, so that a busy minute is one message. */
export function notesMessage(notes: readonly Note[], now: number): Message {
  const rows = notes.map((n) => `${clock(n.at, now)} ${sentence(n.says, 700)}`);
  return { text: plain(cut(notes.at(-1)?.says ?? 'news', 300), 400), blocks: [section(lines(rows))] };
}

/** A plain sentence, for one person's eyes. `mrkdwn` is ours: mentions and times in it are meant. */
export const whisperMessage = (mrkdwn: string): Message => ({
  text: cut(mrkdwn.replace(/<[^<>]{0,200}>/g, ''), 300) || 'Gatemedic',
  blocks: [section(mrkdwn)],
});
