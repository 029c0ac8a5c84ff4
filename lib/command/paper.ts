// Text on its way to a terminal: wrapped to its width, coloured only where asked. Words from outside (log lines, AWS's sentences) lose
// control characters first, so that no log line can move the cursor or colour the page.
import { cut } from '../messages/text.ts';

export interface Paper {
  readonly columns: number;
  readonly colour: boolean;
}
type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** SGR codes, on and off (ECMA-48). */
const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};
export const styled = (paper: Paper, style: Style, text: string): string =>
  paper.colour ? `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m` : text;

/** Words from outside in one line, without what a terminal would obey. */
export const tame = (text: string, max = 600): string => cut(text, max);

/** One JSON object a line, for machines; what a terminal would obey, or would not show, is written as JSON's own escape of it. */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replace(obeyed, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
/** C1 controls, line separators, zero-width, bidi; C0 is escaped by JSON itself. */
const obeyed = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const [narrowest, widest] = [40, 110];
/** A page is as wide as the terminal, within what can be read. */
const widthOf = ({ columns }: Paper): number => Math.min(widest, Math.max(narrowest, columns));

/** Wraps at spaces; a word longer than the line stands alone, so that commands and ARNs can be copied. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A paragraph behind a mark: `• …`, its next lines under its first word. */
export function hanging(paper: Paper, mark: string, text: string, style?: Style): readonly string[] {
  const put = (line: string): string => (style === undefined ? line : styled(paper, style, line));
  return wrapped(text, widthOf(paper) - mark.length).map((line, n) => `${n === 0 ? mark : ' '.repeat(mark.length)}${put(line)}`);
}

/** A block with its heading; nothing when it has no lines. */
export const block = (paper: Paper, heading: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', styled(paper, 'bold', heading), ...lines];

/** A kind of evidence in words: `functionLog` → `function log`. */
export const kindWords = (kind: string): string => kind.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
