// Reads lines of a log group by plain terms, page by page until there is no token or the pages are used up, and puts the
// lines that came with the signals beside them. What a log says can be forged by a caller; it never confirms anything alone.
import type { Answer, Aws } from '../../aws/calls.ts';
import { got, missing, type Evidence, type Missing, type Window } from '../../model/evidence.ts';
import type { LogLines } from '../../model/kinds/log.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { minuteMs } from '../../model/series.ts';
import type { LogLine } from '../../model/signal.ts';
import { notHad, type CollectInput } from '../collector.ts';

/** Longer lines are cut: patterns run on 4 KB at most. */
const lineChars = 4096;
/** Lines kept of one read: evidence is stored, and a burst repeats itself. */
const linesKept = 60;
/** FilterLogEvents answers empty pages with a token (evidence.md §4); after this many we stop and say `cut`. */
export const logPages = 4;
/** Logs are read this far back: older lines of a long incident speak of an older fault. */
const lookBackMs = 15 * minuteMs;

export interface Query {
  readonly group: string;
  readonly log: LogLine['log'];
  /** Lines with any of these. */ readonly terms: readonly string[];
  readonly pages?: number;
}
type Read = { readonly lines: readonly LogLine[]; readonly cut: boolean };
type Page = Extract<Answer<'logs:FilterLogEvents'>, { ok: true }>['value'];

/** One group's lines that hold any of the terms. */
export async function readLines(aws: Aws<'logs:FilterLogEvents'>, query: Query, window: Window): Promise<Result<Read, Missing>> {
  const lines: LogLine[] = [];
  let token: string | undefined;
  for (let n = 0; n < (query.pages ?? logPages); n++) {
    const answer = await aws.call('logs:FilterLogEvents', {
      logGroupName: query.group,
      startTime: Math.max(window.from, window.to - lookBackMs),
      endTime: window.to,
      filterPattern: query.terms.map((term) => `?"${term}"`).join(' '),
      ...(token === undefined ? {} : { nextToken: token }),
    });
    if (!answer.ok)
      return n > 0
        ? ok({ lines, cut: true })
        : err(answer.error.kind === 'gone' ? missing('notEnabled', `the log group ${query.group} does not exist`) : notHad(answer.error));
    lines.push(...linesOf(answer.value, query.log));
    token = answer.value.nextToken;
    if (!token || lines.length >= linesKept) break;
  }
  return ok({ lines, cut: token !== undefined });
}

const linesOf = (page: Page, log: LogLine['log']): readonly LogLine[] =>
  (page.events ?? []).flatMap((event) =>
    typeof event?.message === 'string' && typeof event.timestamp === 'number' ? [lineOf(event.timestamp, event.message, log)] : [],
  );

/** `(request id) …` opens a line of an execution log; WebSocket ids are short (messages.md §9). */
function lineOf(at: number, message: string, log: LogLine['log']): LogLine {
  const text = message.slice(0, lineChars).trimEnd();
  const requestId = /^\(([\w=-]{1,64})\) /.exec(text)?.[1];
  return { at, text, log, ...(requestId === undefined ? {} : { requestId }) };
}

/** The lines that came with the signals, of one log. */
export const ownLines = (input: Pick<CollectInput<never>, 'lines'>, log: LogLine['log']): readonly LogLine[] =>
  input.lines.filter((line) => line.log === log).map((line) => ({ ...line, text: line.text.slice(0, lineChars) }));

/** Lines read and lines that came with the signals as one piece of evidence; missing only when there is neither. */
export function together(own: readonly LogLine[], read: Result<Read, Missing>, window: Window): Evidence<LogLines> {
  if (!read.ok && own.length === 0) return read.error;
  const all = [...own, ...(read.ok ? read.value.lines : [])];
  const seen = new Set<string>();
  const once = all.filter((line) => {
    const key = `${line.at} ${line.text}`;
    return !seen.has(key) && seen.add(key);
  });
  if (once.length === 0) return missing('empty', 'no line of this span names a failure');
  const kept = once.sort((a, b) => a.at - b.at).slice(-linesKept);
  return got({ lines: kept, cut: !read.ok || read.value.cut || kept.length < once.length }, window, 'forgeable');
}
