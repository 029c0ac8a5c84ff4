// Execution logs of REST and WebSocket APIs: which lines are the gateway's own word that a request failed (signals.md §5, messages.md §2).
// A caller's text stands inside other lines (paths, headers, bodies), never right behind the `(requestId) ` prefix.
import type { LogEvent, Tally } from './tally.ts';

/** The gateway's sentences that only a failing request has; plain beginnings, no regex on this path. */
export const failureBeginnings = ['Execution failed', 'Lambda execution failed', 'Lambda invocation failed'] as const;

const completed = 'Method completed with status: ';
const response = 'Gateway response type: ';

/** `(` + UUID + `)`: 36 characters; a caller's own request id is a UUID too (signals.md §5). A WebSocket API's id is short (messages.md §9). Longer is no prefix of the gateway's. */
const uuidEnd = 37;
const longestPrefix = 64;

/** Where the gateway's own words begin; -1 when the line has no `(requestId) ` prefix. */
function wordsAt(message: string): number {
  if (message.charCodeAt(0) !== 40) return -1;
  const end = message.charCodeAt(uuidEnd) === 41 ? uuidEnd : message.slice(0, longestPrefix).indexOf(')');
  return end > 1 && message.charCodeAt(end + 1) === 32 ? end + 2 : -1;
}

/** Takes one line into the tally. Only lines that begin with the gateway's own failing words count. */
export function takeExecutionLine(event: LogEvent, tally: Tally): void {
  const message = event.message;
  const at = wordsAt(message);
  if (at < 0) return;
  const first = message.charCodeAt(at);
  if (first === 77 && message.startsWith(completed, at)) takeCompletion(event, at, tally);
  else if ((first === 69 || first === 76) && isFailure(message, at)) tally.failed(requestId(message, at), event, at, false);
  else if (first === 71 && message.startsWith(response, at) && / with status code: 5\d\d\b/.test(message.slice(at, at + 120)))
    tally.failed(requestId(message, at), event, at, false);
}

const isFailure = (message: string, at: number): boolean => failureBeginnings.some((words) => message.startsWith(words, at));
const requestId = (message: string, at: number): string => message.slice(1, at - 2);

/** `Method completed with status: 502`: the one line a request ends with. */
function takeCompletion(event: LogEvent, at: number, tally: Tally): void {
  const status = event.message.charCodeAt(at + completed.length);
  const id = requestId(event.message, at);
  if (status === 53) tally.failed(id, event, at, true);
  else if (tally.has(id)) tally.succeeded(id);
}
