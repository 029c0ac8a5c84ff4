// The first pass over evidence: which causes it makes suspects. Lines meet cheap substring gates before any pattern.
import type { StageRef } from '../../model/api.ts';
import type { Cause, Clue, FoundClue } from '../../model/cause.ts';
import type { Evidence, EvidenceKind, EvidenceKinds, Gathered } from '../../model/evidence.ts';
import { kindOfLog, type LogLines } from '../../model/kinds/log.ts';
import type { LogLine } from '../../model/signal.ts';

/** Patterns run on 4 KB of a line at most: what is behind that is a body or a dump. */
const lineChars = 4096;
/** Quotes are shown to people; a line's head names the failure. */
const quoteChars = 300;
/** Equal clues of one cause say nothing new. */
const cluesKept = 3;

/** Every line there is: those that came with the signals, and those read from the logs, once each. */
export function allLines(gathered: Gathered, lines: readonly LogLine[]): readonly LogLine[] {
  const read = Object.values(kindOfLog).flatMap((kind) => {
    const evidence: Evidence<LogLines> | undefined = gathered[kind];
    return evidence?.state === 'got' ? evidence.value.lines : [];
  });
  const byText = new Map([...lines, ...read].map((line) => [`${line.log} ${line.at} ${line.text}`, line]));
  return [...byText.values()].sort((a, b) => a.at - b.at || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** A burst repeats itself: of lines that differ in nothing but the request's id, the first speaks for all. */
export function distinct(lines: readonly LogLine[]): readonly LogLine[] {
  const first = new Map<string, LogLine>();
  for (const line of lines) {
    const { log, text, requestId } = line;
    const key = `${log} ${requestId === undefined ? text : text.replace(requestId, '')}`;
    if (!first.has(key)) first.set(key, line);
  }
  return [...first.values()];
}

/** A clue that was found, and how plainly it speaks: by it suspects are told apart that nothing proves. */
export interface Hit {
  readonly clue: FoundClue;
  readonly from: 'named' | 'shape' | 'hint';
}

type LineClue = Extract<Clue, { kind: 'line' }>;

/** The first line that says each clue of these causes. */
export function firstLines(causes: readonly Cause[], lines: readonly LogLine[]): ReadonlyMap<LineClue, LogLine> {
  const reading = readings.get(causes) ?? { clues: causes.flatMap((c) => c.clues.filter((clue) => clue.kind === 'line')), said: new Map() };
  readings.set(causes, reading);
  const first = new Map<LineClue, LogLine>();
  for (const line of lines) for (const clue of saidIn(reading, line)) if (!first.has(clue)) first.set(clue, line);
  return first;
}

/** What the clues of a catalogue make of a line: the same lines are read again at each look of a burst. */
interface Reading {
  readonly clues: readonly LineClue[];
  readonly said: Map<string, readonly LineClue[]>;
}
const readings = new WeakMap<readonly Cause[], Reading>();
const mostSaid = 500;

function saidIn({ clues, said }: Reading, { log, text }: LogLine): readonly LineClue[] {
  const key = `${log} ${text}`;
  const known = said.get(key);
  if (known) return known;
  if (said.size >= mostSaid) said.clear();
  const short = text.slice(0, lineChars);
  const found = clues.filter((clue) => clue.in.includes(log) && says(clue, short));
  said.set(key, found);
  return found;
}

/** The clues of one cause in this evidence. */
export function hitsOf(cause: Cause, gathered: Gathered, lines: ReadonlyMap<LineClue, LogLine>, at: StageRef): readonly Hit[] {
  return cause.clues
    .flatMap((clue): readonly Hit[] => (clue.kind === 'line' ? lineHits(clue, lines.get(clue)) : shapeHit(clue, gathered, at)))
    .slice(0, cluesKept);
}

function lineHits(clue: LineClue, found: LogLine | undefined): readonly Hit[] {
  return found
    ? [
        {
          from: clue.hint ? 'hint' : 'named',
          clue: { quote: quoteOf(clue.line, found.text), in: kindOfLog[found.log], source: clue.source },
        },
      ]
    : [];
}

/** The line from its head, or, where the words stand far behind it, from a little before them. */
function quoteOf(pattern: RegExp, text: string): string {
  const at = pattern.exec(text.slice(0, lineChars))?.index ?? 0;
  return at < quoteChars / 2 ? text.slice(0, quoteChars) : `…${text.slice(at - leadChars, at - leadChars + quoteChars - 1)}`;
}
const leadChars = 60;

/** Gates first: most lines never meet a pattern. */
export const says = (clue: LineClue, text: string): boolean =>
  clue.gates.some((gate) => text.includes(gate)) && !(clue.unless ?? []).some((other) => text.includes(other)) && clue.line.test(text);

function shapeHit(clue: Extract<Clue, { kind: 'shape' }>, gathered: Gathered, at: StageRef): readonly Hit[] {
  const evidence: Evidence<unknown> | undefined = gathered[clue.in];
  if (evidence?.state !== 'got') return [];
  // The catalogue forgets which value type belongs to which clue; kind and value are looked up by the same name here.
  const shape = clue.shape as (value: EvidenceKinds[EvidenceKind], at: StageRef) => string | undefined;
  const sentence = shape(evidence.value as EvidenceKinds[EvidenceKind], at);
  return sentence === undefined
    ? []
    : [{ from: clue.names ? 'named' : 'shape', clue: { quote: sentence.slice(0, quoteChars), in: clue.in, source: clue.source } }];
}
