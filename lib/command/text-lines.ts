// Lines of a file as they come, in bounded memory: a hundred megabytes without a line break, or bytes that are no text, end in one clear
// sentence for that line, and the lines after it are still read.
import { err, ok, type Result } from '../model/result.ts';

export interface Line {
  readonly number: number;
  /** Its text, or why it has none. */
  readonly text: Result<string, string>;
}

/** A case is some kilobytes; one with an hour of a busy log some megabytes. */
export const longestBytes = 32 * 1024 * 1024;

const newline = 0x0a;

export async function* textLines(chunks: AsyncIterable<Uint8Array>, longest = longestBytes): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let number = 1;
  const take = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes <= longest) parts.push(part);
    else parts = [];
  };
  const line = (): Line => {
    const text = bytes > longest ? err(`it is longer than ${longest / 1024 / 1024} MB`) : textOf(parts, number);
    parts = [];
    bytes = 0;
    return { number: number++, text };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    // a copy: what is kept must not hold the whole chunk, which the stream may write over
    if (from < chunk.length) take(chunk.slice(from));
  }
  if (bytes > 0) yield line();
}

function textOf(parts: readonly Uint8Array[], number: number): Result<string, string> {
  const all = parts.length === 1 ? (parts[0] ?? new Uint8Array()) : Buffer.concat(parts);
  const start = number === 1 && all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? 3 : 0;
  if (all[0] === 0x1f && all[1] === 0x8b) return err('it is gzip, not text; unpack it first (gunzip -c)');
  const zero = all.indexOf(0);
  if (zero >= 0) return err(`it is not text: a zero byte stands at byte ${zero + 1}`);
  try {
    return ok(decoder.decode(all.subarray(start)).replace(/\r$/, ''));
  } catch {
    return err('it is not text: its bytes are no UTF-8');
  }
}
const decoder = new TextDecoder('utf-8', { fatal: true });
