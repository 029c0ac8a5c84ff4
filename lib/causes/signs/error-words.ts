// What an error of a Lambda function is about, by words that Lambda, its runtimes and the usual libraries write. One table for all
// causes, so that one line never names two of them: the first kind whose words it holds is the one.
import type { Clue } from '../../model/cause.ts';
import { accessSays, functionSays, gatewaySays } from './clue-lines.ts';
import { eventFields, fieldWords, missed, wordsOf, type ErrorKind } from './error-vocabulary.ts';

const errorKinds = Object.keys(wordsOf) as readonly ErrorKind[];

/** What a line's error is about; undefined where no word of the table says it. */
export function kindOfError(text: string): ErrorKind | undefined {
  if (known.has(text)) return known.get(text);
  if (known.size >= mostKnown) known.clear();
  const kind = errorKinds.find((one) => wordsOf[one].some((word) => text.includes(word)));
  known.set(text, kind);
  return kind;
}
/** Several causes ask about the same lines, look after look. */
const known = new Map<string, ErrorKind | undefined>();
const mostKnown = 500;

/** Words of the kinds that say more than this one: a line that holds them speaks of those. */
const wordsBefore = (kind: ErrorKind): readonly string[] => errorKinds.slice(0, errorKinds.indexOf(kind)).flatMap((k) => wordsOf[k]);

/** Words in an error that make it something other than the code's own unhandled error. */
export const otherErrors: readonly string[] = errorKinds.flatMap((kind) => wordsOf[kind]).filter((word) => !fieldWords.includes(word));

/** Whether an error of this text may be a slip of the code itself. */
export const mayBeTheCode = (text: string): boolean => !otherErrors.some((word) => text.includes(word));

/** The event's field that the code did not find, by the line that says so. */
export const fieldIn = (text: string): string | undefined =>
  [...eventFields['1.0'], ...eventFields['2.0'], ...eventFields.proxy].find((field) => missed(field).some((word) => text.includes(word)));

/** How the gateway hands on a function's error: the sentence of an execution log, or the dumped error object (in old reports over
 * several lines). An object with a `__type` or an `Error` is an AWS service's own answer, no function's. */
const handedOn = String.raw`(?:Lambda execution failed with status 200 due to customer function error: |Endpoint response body before transformations: \{(?!.{0,400}"(?:__type|Error)"\s{0,3}:)|\s{0,16}"(?:[eE]rrorM|[mM])essage"\s{0,4}:)`;
/** The same in a field of an access log (messages.md §2, §6). */
const inAccessLog = 'Lambda Customer Function Error:|The Lambda function returned the following error: ';

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** The line clues of a kind of error: the gates are its words, the pattern says where they may stand. */
export function errorClues(kind: ErrorKind, source: string): readonly Extract<Clue, { kind: 'line' }>[] {
  const words = wordsOf[kind];
  const unless = wordsBefore(kind);
  return [
    gatewaySays(words, handedOn, `${source} (the error as the gateway hands it on)`, unless),
    accessSays(words, inAccessLog, `${source} (the error in an access log)`, unless),
    functionSays(words, words.map(escaped).join('|'), source, unless),
  ];
}

/** Lambda's words for a process that was gone before it answered: killed, never started, or ended by its own code. Alone they name none of the three. */
export const endedEarly: Extract<Clue, { kind: 'line' }> = {
  ...gatewaySays(
    ['Process exited before completing request'],
    String.raw`(?:Lambda execution failed|Endpoint response body|\s{0,16}"errorMessage").{0,200}Process exited before completing request`,
    'messages.md §2, §9',
  ),
  hint: true,
};
