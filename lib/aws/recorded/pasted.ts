// Log lines as people paste them, put back as the service wrote them: entities decoded, flattened lines parted, a pretty-printed
// object joined. In one place, before any clue sees them; live lines never come through here.
import { parseJson } from '../../model/json.ts';

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };

/** A line as the service wrote it: without what pages and JSON viewers made of its characters. */
export const decoded = (text: string): string => unescaped(asTyped(withoutEntities(text)));

/** Pages set hyphens that do not break, spaces that do not break, and curly quotes; no service writes them in its own words. */
const typeset: Readonly<Record<string, string>> = { '\u2010': '-', '\u2011': '-', '\u00a0': ' ', '\u2018': "'", '\u2019': "'" };
const asTyped = (text: string): string => text.replace(/[\u2010\u2011\u00a0\u2018\u2019]/g, (c) => typeset[c] ?? c);

/** A piece cut out of a JSON export keeps its escapes, and `\\tStatus` is no word any more; a whole object is read as JSON later. */
const unescaped = (text: string): string =>
  text.includes('\\t') && text.includes('RequestId') && !parseJson(text).ok
    ? text.replaceAll('\\t', '\t').replaceAll(/\\n(?="|$)/g, '')
    : text;

/** HTML entities of a copied page, once: what a caller encoded himself stays as he sent it. */
const withoutEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:(lt|gt|quot|apos|amp|nbsp)|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi, (whole, name?: string, ten?: string, hex?: string) =>
        name === undefined
          ? character(ten === undefined ? Number.parseInt(hex ?? '', 16) : Number(ten), whole)
          : (named[name.toLowerCase()] ?? whole),
      )
    : text;
const character = (code: number, whole: string): string => (code >= 32 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole);

/** How the console's test dates a line, and how the log opens one: `Tue Jun 23 02:21:45 UTC 2020 : `, `(request id) `; WebSocket ids are short (messages.md §9). */
const stamp =
  /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [A-Z]{3,4} \d{4} ?: |\((?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[\w-]{10,20}={1,2})\) /g;
/** The gateway's own sentences (messages.md §2): each is a line of its own. */
const sentences =
  /(?<=[\s}\])>.;])(?:Starting (?:execution|authorizer)|Execution failed due to|Lambda (?:invocation|execution) failed with status|Method completed with status: \d|Gateway response type: [A-Z]|Endpoint (?:request|response) (?:URI|headers|body)|Authorizer result body|Received response\.|Sending request to |Method (?:request|response) (?:path|query|headers|body)|Successfully completed)/g;
/** What may stand before a sentence on its own line: nothing, a request id, a date. */
const opening = /^(?:\([\w=-]{1,64}\)|[\w .:,+()=-]{0,90}[):])?\s*$/;

/** One line of an execution log as the lines it was flattened from. */
export function parted(text: string): readonly string[] {
  const pieces = text.split(/\r?\n/).flatMap((line) => cutAt(line, stamp, onlyWhen));
  return pieces.flatMap((piece) => cutAt(piece, sentences, (before) => opening.test(before))).map((piece) => piece.trim());
}
/** A timestamp before a request id belongs to the same line. */
const onlyWhen = (before: string): boolean => /^[\d\s.:TZ+-]{0,40}$/.test(before);

/** Cuts before each match, unless what stands before it on this piece is only the line's opening. */
function cutAt(text: string, at: RegExp, opens: (before: string) => boolean): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(at)) {
    if (opens(text.slice(from, index))) continue;
    pieces.push(text.slice(from, index).trimEnd());
    from = index;
  }
  return [...pieces, text.slice(from)];
}

/** A pretty-printed object is read up to this many lines. */
const longestBlock = 400;

/** Lines of which each pretty-printed JSON object, and each run of single fields, is one line, as a log holds it. */
export function joined(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let n = 0; n < lines.length;) {
    const block = blockAt(lines, n) ?? fieldsAt(lines, n);
    out.push(block?.text ?? lines[n] ?? '');
    n += block?.length ?? 1;
  }
  return out;
}

interface Block {
  readonly text: string;
  readonly length: number;
}

function blockAt(lines: readonly string[], from: number): Block | undefined {
  if (!/^\s*\{\s*$/.test(lines[from] ?? '')) return undefined;
  const end = lines.findIndex((line, n) => n > from && /^\}\s*$/.test(line));
  if (end < 0 || end - from > longestBlock) return undefined;
  const block = lines.slice(from, end + 1);
  return parseJson(block.join('\n')).ok ? { text: block.map((line) => line.trim()).join(' '), length: block.length } : undefined;
}

const field = /^\s*"([\w.$-]{1,64})"\s*:\s*(".{0,4000}"|-?[\d.]{1,20}|true|false|null),?\s*$/;

/** `"status": "500"` and its neighbours, each on a line: one record, until a name comes again. */
function fieldsAt(lines: readonly string[], from: number): Block | undefined {
  const seen = new Map<string, string>();
  for (const line of lines.slice(from, from + longestBlock)) {
    const m = field.exec(line);
    if (!m?.[1] || !m[2] || seen.has(m[1])) break;
    seen.set(m[1], `"${m[1]}": ${m[2]}`);
  }
  return seen.size < 2 ? undefined : { text: `{ ${[...seen.values()].join(', ')} }`, length: seen.size };
}
