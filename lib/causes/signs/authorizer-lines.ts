// Which lines of an execution log belong to the authorizer's phase. "Invalid permissions on Lambda function" means another function
// there than it means for a route, and only the lines beside it tell: the authorizer runs before "Starting execution".
import type { LogLine } from '../../model/signal.ts';

/** Words only the authorizer's phase has (messages.md §2, "Authorizer lines"; §9). */
const phaseWords: readonly string[] = [
  'Authorizer error',
  'AuthorizerConfigurationException',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'Authorizer result body',
  'Could not parse policy',
  'Unable to parse given policy',
];
/** Opens the phase; a request that passed it goes on to "Starting execution", or says so. */
const opens = 'Starting authorizer';
const passed: readonly string[] = [
  'Successfully completed authorizer execution',
  'Starting execution for request',
  'Using valid authorizer policy',
];
/** Pasted lines have no request id: those this near to each other are taken as one request's. */
const near = 6;

const requestOf = (line: LogLine): string | undefined => line.requestId ?? /\(([\w=-]{10,64})\) /.exec(line.text.slice(0, 110))?.[1];
const holds = (text: string, words: readonly string[]): boolean => words.some((word) => text.includes(word));

/** The execution-log lines that speak of the authorizer's phase, in order. */
export function authorizerPhase(lines: readonly LogLine[]): readonly LogLine[] {
  const execution = lines.filter((line) => line.log === 'execution');
  const known = new Map<string, LogLine[]>();
  const pasted: LogLine[] = [];
  for (const line of execution) {
    const id = requestOf(line);
    if (id === undefined) pasted.push(line);
    else known.set(id, [...(known.get(id) ?? []), line]);
  }
  return [...[...known.values()].flatMap(phaseOf), ...phaseOfPasted(pasted)];
}

/** The lines that are not of the authorizer's phase. */
export function besidesAuthorizer(lines: readonly LogLine[]): readonly LogLine[] {
  const phase = new Set(authorizerPhase(lines));
  return lines.filter((line) => !phase.has(line));
}

/** One request's lines up to where it passed its authorizer; none when it had no trouble there. */
function phaseOf(request: readonly LogLine[]): readonly LogLine[] {
  const end = request.findIndex((line) => holds(line.text, passed));
  const own = end < 0 ? request : request.slice(0, end);
  const troubled = own.some((line) => holds(line.text, phaseWords));
  return troubled || (end < 0 && own.some((line) => line.text.includes(opens))) ? own : [];
}

/** Lines without ids: what stands within a few lines of the phase's words, not beyond a passed authorizer. */
function phaseOfPasted(lines: readonly LogLine[]): readonly LogLine[] {
  const marks = lines.flatMap((line, n) => (holds(line.text, phaseWords) || line.text.includes(opens) ? [n] : []));
  const ends = lines.flatMap((line, n) => (holds(line.text, passed) ? [n] : []));
  return lines.filter((_, n) =>
    marks.some((mark) => Math.abs(mark - n) <= near && !ends.some((end) => end <= Math.max(mark, n) && end >= Math.min(mark, n))),
  );
}
