// Errors of an execution, and which Retry or Catch of a task matches one: Step Functions' own rules.
import type { Retrier, TaskState } from './definition.ts';

/** An error as the workflow sees it: a name and a cause, as in `$.failure`. */
export class ExecutionError extends Error {
  readonly error: string;
  readonly detail: string | undefined;
  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.name = 'ExecutionError';
    this.error = error;
    this.detail = cause;
  }
}

/** Neither Retry nor Catch sees these, not even by States.ALL (platform.md §12). */
const fatal = new Set(['States.Runtime', 'States.DataLimitExceeded', 'States.NoChoiceMatched']);

/** Whether an ErrorEquals list matches: States.ALL is everything but the fatal ones, States.TaskFailed everything but a timeout. */
export function matches(errorEquals: readonly string[], error: string): boolean {
  if (fatal.has(error)) return false;
  return errorEquals.some(
    (name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

/** Counts the tries of one visit to a task. Each retrier counts for itself. */
export class Retries {
  readonly #task: TaskState;
  readonly #used = new Map<Retrier, number>();
  constructor(task: TaskState) {
    this.#task = task;
  }
  /** How long to wait before the next try; undefined when there is none. */
  delayMs(error: string): number | undefined {
    const retrier = this.#task.Retry.find((r) => matches(r.ErrorEquals, error));
    if (!retrier) return undefined;
    const used = this.#used.get(retrier) ?? 0;
    if (used >= retrier.MaxAttempts) return undefined;
    this.#used.set(retrier, used + 1);
    return 1000 * Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** used, retrier.MaxDelaySeconds ?? Infinity);
  }
}

/** What a Catch puts at its ResultPath. */
export const failureOf = (e: ExecutionError): Record<string, string> => ({
  Error: e.error,
  ...(e.detail === undefined ? {} : { Cause: e.detail }),
});

/**
 * A thrown value of a Lambda function as Step Functions shows it: the error's name, and the answer of the Node runtime as the cause.
 * The names of Lambda's own failures (`Lambda.TooManyRequestsException`, `Sandbox.Timedout`) go through as they are.
 */
export function fromFunction(thrown: unknown): ExecutionError {
  if (thrown instanceof ExecutionError) return thrown;
  const error = thrown instanceof Error ? thrown.name : 'Error';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ExecutionError(
    error,
    error.startsWith('Lambda.') ? message : JSON.stringify({ errorType: error, errorMessage: message, trace: [] }),
  );
}
