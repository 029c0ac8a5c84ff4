// Patterns for lines that API Gateway wrote itself. A caller's text stands inside other lines (a path, a header dump), so
// the gateway's own words must open the line, after nothing but a request id or a date. Beside them, the sign several causes start from in metrics.
import type { Clue } from '../../model/cause.ts';
import type { FunctionMetrics } from '../../model/kinds/function.ts';
import { sum } from '../../model/series.ts';

type LineClue = Extract<Clue, { kind: 'line' }>;

/** `(request id) `, behind a timestamp where the console's log view was copied; or a date as its test and old reports print it. */
const opening = String.raw`^(?:(?:\d{4}-[\dTZ:.+-]{6,30} )?\([\w=-]{1,64}\) |\(?[\w .:,+-]{0,70}[):] )?`;

/** An execution-log line that opens with one of these words (a pattern's source). Fragments without the words before are taken too. */
export const gatewaySays = (gates: readonly string[], words: string, source: string, unless: readonly string[] = []): LineClue => ({
  kind: 'line',
  in: ['execution'],
  gates,
  line: new RegExp(`${opening}${words}`),
  unless,
  source,
});

/** A field of an access log that holds these words: the format is the owner's, so they may stand anywhere. */
export const accessSays = (gates: readonly string[], words: string, source: string, unless: readonly string[] = []): LineClue => ({
  kind: 'line',
  in: ['access'],
  gates,
  line: new RegExp(words),
  unless,
  source,
});

/** A line of a function's own log. */
export const functionSays = (gates: readonly string[], words: string, source: string, unless: readonly string[] = []): LineClue => ({
  kind: 'line',
  in: ['function'],
  gates,
  line: new RegExp(words),
  unless,
  source,
});

/** Lambda counted errors of a function. */
export const functionErrors = (source: string): Clue => ({
  kind: 'shape',
  in: 'functionMetrics',
  shape: errors,
  title: 'a function reports errors',
  source,
});

function errors(metrics: FunctionMetrics): string | undefined {
  const hit = Object.entries(metrics.functions).find(([, f]) => sum(f.errors) > 0);
  return hit && `${hit[0]} had ${sum(hit[1].errors)} errors`;
}
