// How the account refuses: AWS's own error names and messages as values, and the one error that stands for a killed process.
import type { CallError, CallName, Out } from '../../aws/calls.ts';
import { type Err, err, type Result } from '../../model/result.ts';

export type Failure = Omit<CallError, 'call'> & { readonly retryAfterMs?: number };
export type Answered<N extends CallName> = Result<Out<N>, Failure>;

export const fail = (kind: Failure['kind'], name: string, message: string): Err<Failure> => err({ kind, name, message });

/** What every SDK answer carries. */
export const meta = { $metadata: { httpStatusCode: 200 } } as const;

/** The process died before or after a call: thrown through everything, as a killed Lambda would. */
export class SandboxCrash extends Error {
  readonly when: 'before' | 'after';
  readonly call: string;
  constructor(when: 'before' | 'after', call: string) {
    super(`the sandbox killed the process ${when} ${call}`);
    // as Lambda names it to whoever invoked the function
    this.name = 'Runtime.ExitError';
    this.when = when;
    this.call = call;
  }
}
