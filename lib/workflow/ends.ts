// How a state and an execution end: onward, caught, failed, interrupted.
import type { TaskState } from './definition.ts';
import { ExecutionError, failureOf, matches } from './errors.ts';
import { writePath } from './paths.ts';

export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };

/** Where a state leads, with its output. */
export type Way =
  | { readonly end: true; readonly output: unknown }
  | { readonly end: false; readonly next: string; readonly output: unknown };

/** The execution ends from outside: aborted, or out of time. */
export class Interrupted extends Error {
  readonly status: 'TIMED_OUT' | 'ABORTED';
  constructor(status: 'TIMED_OUT' | 'ABORTED') {
    super(status);
    this.status = status;
  }
}

/** To the next state, or the end. */
export function onward(state: { Next?: string | undefined; End?: true | undefined }, output: unknown): Way {
  return state.Next === undefined ? { end: true, output } : { end: false, next: state.Next, output };
}

/** To the handler of the first Catch that matches; thrown on where none does. */
export function caught(state: TaskState, raw: unknown, error: ExecutionError): Way {
  const catcher = state.Catch.find((c) => matches(c.ErrorEquals, error.error));
  if (!catcher) throw error;
  return {
    end: false,
    next: catcher.Next,
    output: writePath(catcher.ResultPath === undefined ? '$' : catcher.ResultPath, raw, failureOf(error)),
  };
}

/** The outcome a thrown error means; a bug of ours is thrown on. */
export function endOf(thrown: unknown): {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
} {
  if (thrown instanceof Interrupted) return { status: thrown.status };
  if (!(thrown instanceof ExecutionError)) throw thrown;
  return { status: 'FAILED', error: thrown.error, ...(thrown.detail === undefined ? {} : { cause: thrown.detail }) };
}
