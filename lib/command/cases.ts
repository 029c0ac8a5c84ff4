// Recorded cases out of a file: one JSON object, written over as many lines as it likes, or many, one a line. Which of the two it is shows in
// the text itself, so that a pipe needs no name.
import { readCase, type RecordedCase } from '../aws/recorded.ts';
import { err, ok, type Result } from '../model/result.ts';
import { longestBytes, textLines, type Line } from './text-lines.ts';

/** A case, or the sentence that names line and field. */
export type Read = Result<RecordedCase, string>;

/** `name` is what the person called the file. */
export async function* cases(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Read> {
  const lines = filled(textLines(chunks));
  const first = await lines.next();
  if (first.done) return yield err(`${name} holds no case: it is empty`);
  if (/\.(jsonl|ndjson)$/i.test(name) || oneEach(first.value)) {
    yield caseOf(name, first.value);
    for await (const line of lines) yield caseOf(name, line);
  } else yield* together(name, first.value, lines);
}

async function* filled(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  for await (const line of lines) if (!line.text.ok || line.text.value.trim() !== '') yield line;
}

const oneEach = ({ text }: Line): boolean => !text.ok || isJson(text.value);
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The first line is no JSON by itself: one case over many lines, or a broken line before good ones. */
async function* together(name: string, first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Read> {
  const held: Line[] = [first];
  let bytes = 0;
  for await (const line of rest) {
    held.push(line);
    bytes += line.text.ok ? line.text.value.length : 0;
    if (bytes > longestBytes) return yield err(`${name}: the case is longer than ${longestBytes / 1024 / 1024} MB`);
    // a line that is a case by itself: the ones before it were broken
    if (!line.text.ok || isCaseLine(line.text.value)) {
      for (const one of held) yield caseOf(name, one);
      for await (const next of rest) yield caseOf(name, next);
      return;
    }
  }
  const text = held.map((l) => (l.text.ok ? l.text.value : '')).join('\n');
  yield readOne(text, (says) => `${name}: ${says}`);
}
const isCaseLine = (text: string): boolean => text.startsWith('{') && text.includes('"id"') && isJson(text);

const caseOf = (name: string, { number, text }: Line): Read =>
  text.ok ? readOne(text.value, (says) => `${name}, line ${number}: ${says}`) : err(`${name}, line ${number}: ${text.error}`);

/** What AWS answers is some ten deep; what is walked by recursion must not be bottomless. */
const deepest = 200;

function depthOf(text: string): number {
  let [depth, most, quoted] = [0, 0, false];
  for (let n = 0; n < text.length; n++) {
    const c = text[n];
    if (quoted && c === '\\') n++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === '[' || c === '{')) most = Math.max(most, ++depth);
    else if (!quoted && (c === ']' || c === '}')) depth--;
  }
  return most;
}

function readOne(text: string, placed: (says: string) => string): Read {
  if (depthOf(text) > deepest) return err(placed(`the case is nested deeper than ${deepest}`));
  const read = readCase(text);
  if (!read.ok) return err(placed(read.error));
  const odd = unknownLog(read.value);
  return odd === undefined ? ok(read.value) : err(placed(odd));
}

/** The kinds of logs a case may hold (test/corpus/README.md): one that is misspelt would be left out without a word. */
const logKinds = ['execution', 'access', 'function', 'authorizerFunction', 'loadBalancer', 'flow', 'backend'];

function unknownLog(one: RecordedCase): string | undefined {
  const n = (one.logs ?? []).findIndex((log) => !logKinds.includes(log.kind));
  return n < 0
    ? undefined
    : `the case's logs.${n}.kind is ${JSON.stringify(one.logs?.[n]?.kind.slice(0, 80))}; one of ${logKinds.join(', ')}`;
}
