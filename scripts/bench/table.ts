// One table of the bench: the same text on the terminal and in docs/bench.md, its columns aligned so that both can be read.

export interface Table {
  readonly title: string;
  /** What it shows, and against what; before the rows. */
  readonly says: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know not to be misled; after the rows. */
  readonly notes?: readonly string[];
}

const isNumber = (cell: string): boolean => /^[$–\d]/.test(cell);

/** Words to the left, numbers to the right. */
export function markdown({ title, says, head, rows, notes = [] }: Table): string {
  const widths = head.map((h, n) => Math.max(h.length, ...rows.map((r) => (r[n] ?? '').length), 3));
  const right = head.map((_, n) => rows.length > 0 && rows.every((r) => isNumber(r[n] ?? '')));
  const cell = (text: string, n: number): string => (right[n] ? text.padStart(widths[n] ?? 0) : text.padEnd(widths[n] ?? 0));
  const line = (cells: readonly string[]): string => `| ${head.map((_, n) => cell(cells[n] ?? '', n)).join(' | ')} |`;
  const rule = `| ${widths.map((w, n) => (right[n] ? `${'-'.repeat(w - 1)}:` : '-'.repeat(w))).join(' | ')} |`;
  const blocks = [...says, [line(head), rule, ...rows.map(line)].join('\n'), ...notes];
  return `## ${title}\n\n${blocks.join('\n\n')}\n`;
}

export const fixed = (value: number, digits = 2): string => value.toFixed(digits);
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
/** Seconds from milliseconds; a dash for what did not happen. */
export const seconds = (ms: number | null): string => (ms === null ? '–' : (ms / 1000).toFixed(0));
export const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
