// Words from outside on their way into Slack: log lines, AWS's sentences, names. Whatever they hold, here they become text that
// cannot mention, link, format or break out. Slack itself asks for no more than escaping & < > (platform.md §5); the rest is for the reader.
import { isArn, shortArn } from '../model/person.ts';

/** C0 and C1 control characters and the line separators: one space instead. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** The same, but tab and newline stay: for code blocks. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const controlInCode = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Zero-width, bidi and tag characters: what makes text read differently from what it is. */
// eslint-disable-next-line no-misleading-character-class -- each is meant by itself
const unseen =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Look-alikes for the characters mrkdwn formats with. */
const formatting: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ' };
const joiner = '\u2060';

/** Longer input is cut before it is looked at: a line is 4 KB at most, this is for what did not pass intake. */
const readAtMost = 8192;

/** Nearly every text is printable ASCII, where there is nothing to take out. */
const special = /[^ -~]/;
const seen = (text: string): string => {
  const read = text.slice(0, readAtMost);
  return special.test(read) ? read.toWellFormed().replace(unseen, '') : read;
};
const oneLine = (text: string): string => {
  const read = seen(text);
  return (special.test(read) ? read.replace(control, ' ') : read).trim();
};

/** Every character that some `piece` puts another in place of. */
const replaced = /[&<>*~`]/;

/** Joins what `piece` makes of each character until `max` UTF-16 units are full; cut text ends in `…`. */
function fill(text: string, max: number, piece: (character: string) => string): string {
  if (text.length <= max && !replaced.test(text)) return text;
  let out = '';
  let whole = '';
  for (const character of text) {
    const next = piece(character);
    if (whole.length + next.length > max) return `${out}…`;
    whole += next;
    if (whole.length < max) out = whole;
  }
  return whole;
}

const escaped = (character: string): string => entities[character] ?? character;

/** Cut to `max`, one line, no markup: for plain_text objects and the fallback text, which Slack does not format. */
export function cut(text: string, max: number): string {
  const line = oneLine(text);
  return line.length <= max ? line : fill(line, max, (c) => c);
}

/** `://`, `@name`, `#name` and `_word_` lose their meaning, and read nearly the same. */
const unlinked = (text: string): string => {
  const bare = text.replaceAll('://', `:${joiner}//`).replace(/[@#](?=\w)/g, (sign) => sign + joiner);
  return bare.includes('_') ? bare.replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿') : bare;
};

/** Outside text as mrkdwn: reads the same, does nothing. */
export const plain = (text: string, max = 300): string => fill(unlinked(oneLine(text)), max, (c) => formatting[c] ?? escaped(c));

/** Outside text as inline code: what a person may want to copy. */
export function code(text: string, max = 300): string {
  const inside = fill(oneLine(text), Math.max(1, max - 2), (c) => (c === '`' ? 'ˋ' : escaped(c)));
  return inside === '' ? '' : `\`${inside}\``;
}

/** Outside text as a code block, lines kept. */
export function fence(text: string, max = 1500): string {
  const inside = fill(seen(text).replace(controlInCode, ' ').trimEnd(), Math.max(1, max - 8), (c) => (c === '`' ? 'ˋ' : escaped(c)));
  return `\`\`\`\n${inside}\n\`\`\``;
}

/** A sentence of ours around quoted values (`EvidenceRef.says`): the values become code, the rest plain text. */
export function sentence(text: string, max = 400): string {
  const parts = oneLine(text).split('"');
  if (parts.length % 2 === 0) return spaced(oneLine(text), max);
  let out = '';
  for (const [n, part] of parts.entries()) {
    const left = max - out.length;
    if (left < 8) return `${out}…`;
    out += n % 2 === 0 ? spaced(part, left) : code(part, left);
  }
  return out;
}

const arn = /(\barn:aws[\w:/*$-]{1,300})/;

/** Plain text with its spaces at both ends kept; an ARN in it is code even unquoted, because it holds `*` and somebody will copy it. */
function spaced(part: string, max: number): string {
  let out = '';
  for (const [n, piece] of part.split(arn).entries()) {
    const left = max - out.length;
    if (left < 4) return out;
    const body = n % 2 === 1 ? code(piece, left) : plain(piece, left - 2);
    out += `${n % 2 === 0 && /^\s/.test(piece) ? ' ' : ''}${body}${n % 2 === 0 && body !== '' && /\s$/.test(piece) ? ' ' : ''}`;
  }
  return out;
}

/** A link of ours. The label is outside text; the address is built by us, and still cannot end the link. */
export const link = (url: string, label: string): string =>
  `<${url.replace(/[|<>"\s]/g, (c) => encodeURIComponent(c))}|${plain(label, 80).replaceAll('|', '¦')}>`;

const userId = /^[UW][A-Z0-9]{2,20}$/;
/** A principal of AWS, without the account it shares with everything else here. */
export const short = (arn: string): string => code(shortArn(arn), 200);
/** A person: by Slack id as a mention, by ARN as what it is; anything else is text. */
export const person = (id: string): string => (userId.test(id) ? `<@${id}>` : isArn(id) ? short(id) : code(id, 60));

/** What was written for Slack, for a terminal: our own mentions and times as text, escapes taken back. */
export const untagged = (mrkdwn: string): string =>
  mrkdwn
    .replace(/<!date\^[^|<>]{1,80}\|([^<>]{1,60})>/g, '$1')
    .replace(/<@([UW][A-Z0-9]{2,20})>/g, 'Slack user $1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** A time as each reader's own clock shows it; without Slack, UTC. */
export function clock(atMs: number, now?: number): string {
  const today = now === undefined || Math.abs(now - atMs) < 12 * 3_600_000;
  const utc = new Date(atMs).toISOString();
  return `<!date^${Math.floor(atMs / 1000)}^${today ? '{time_secs}' : '{date_short_pretty} {time}'}|${today ? utc.slice(11, 19) : utc.slice(0, 16).replace('T', ' ')} UTC>`;
}

/** A span in the two units that matter: `25 s`, `1 min 40 s`, `2 h 5 min`, `3 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [d, h, m, s] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`;
  if (m > 0) return s > 0 ? `${m} min ${s} s` : `${m} min`;
  return `${s} s`;
}

/** Made once: a locale is loaded each time a number asks for its own. */
const figures = new Intl.NumberFormat('en-US');

/** `1 request`, `12 requests`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${figures.format(n)} ${n === 1 ? one : many}`;

/** Dollars, to the cent, or to the first figure that is not zero. */
export const usd = (amount: number): string => `$${amount === 0 || amount >= 0.01 ? amount.toFixed(2) : amount.toPrecision(1)}`;
