// What crosses a state's border: plain JSON, of a size, and the timestamps that Wait states take.
import { ExecutionError } from './errors.ts';

/** Input and output of a state, task and execution, in bytes (platform.md §1). */
const payloadLimitBytes = 262_144;

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
export const stamp = (ms: number): string => new Date(ms).toISOString();
/** A copy: nothing of one function's memory reaches another. */
export const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

/** Throws where a value is too large for Step Functions. */
export function within(value: unknown): void {
  const text = JSON.stringify(value) ?? '';
  if (text.length * 3 > payloadLimitBytes && new TextEncoder().encode(text).length > payloadLimitBytes) {
    throw new ExecutionError(
      'States.DataLimitExceeded',
      `The state/task returned a result with a size exceeding the maximum number of bytes service limit (${payloadLimitBytes}).`,
    );
  }
}

/** How long until a timestamp; one that is past is no wait, one that is none ends the execution. */
export function msUntil(text: unknown, path: string, now: number): number {
  if (typeof text === 'string' && rfc3339.test(text)) return Math.max(0, Date.parse(text) - now);
  throw new ExecutionError(
    'States.Runtime',
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${String(text)}`,
  );
}
