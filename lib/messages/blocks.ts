// The few Block Kit shapes our messages are made of. Each mrkdwn text is `verbatim`, so that Slack turns nothing in it into a link
// or a mention by itself; builders keep Slack's lengths, check-blocks.ts proves it.

export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}
export interface Plain {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: boolean;
}
export interface Confirm {
  readonly title: Plain;
  readonly text: Plain;
  readonly confirm: Plain;
  readonly deny: Plain;
  readonly style?: 'primary' | 'danger';
}
export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: Plain;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: Confirm;
}
export type Block =
  | { readonly type: 'header'; readonly text: Plain }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'section'; readonly fields: Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: Mrkdwn[] }
  | { readonly type: 'actions'; readonly block_id: string; readonly elements: Button[] }
  | { readonly type: 'divider' };

/** What a message is made of; `text` is what a notification shows. */
export interface Message {
  readonly text: string;
  readonly blocks: Block[];
}

/** Slack's limits, in characters or items (platform.md §5, from @slack/types). */
export const limits = {
  blocks: 50,
  sectionText: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  contextText: 2000,
  actions: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  id: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  text: 4000,
} as const;

const mrkdwn = (text: string): Mrkdwn => ({ type: 'mrkdwn', text, verbatim: true });
export const words = (text: string, emoji = false): Plain => ({ type: 'plain_text', text, emoji });
export const header = (text: string): Block => ({ type: 'header', text: words(text, true) });
export const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
export const fields = (texts: readonly string[]): Block => ({ type: 'section', fields: texts.map(mrkdwn) });
export const context = (texts: readonly string[]): Block => ({ type: 'context', elements: texts.map(mrkdwn) });
export const divider: Block = { type: 'divider' };

/** Lines as one section, as many as fit whole; a cut would leave half a link or an open code span. */
export function lines(texts: readonly string[], max: number = limits.sectionText): string {
  let out = '';
  for (const text of texts) {
    if (out.length + text.length + 1 > max - 2) return `${out}\n…`;
    out += out === '' ? text : `\n${text}`;
  }
  return out;
}
