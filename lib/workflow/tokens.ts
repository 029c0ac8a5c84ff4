// Task tokens: a fresh one at every try of a waiting task, good once, until the task ends. What answers a stale one is told so.
import { ExecutionError } from './errors.ts';

export interface IssuedToken {
  readonly token: string;
  /** The output of SendTaskSuccess; rejects with SendTaskFailure's error. */
  readonly answer: Promise<unknown>;
  /** The task has ended: the token is stale from now on. */
  close(): void;
}
export type Woken = 'woken' | 'TaskTimedOut' | 'InvalidToken';

export class Tokens {
  #issued = 0;
  readonly #open = new Map<string, { resolve: (output: unknown) => void; reject: (error: ExecutionError) => void }>();

  issue(executionName: string): IssuedToken {
    const n = ++this.#issued;
    const token = `token-${n}-${executionName}`;
    const answer = new Promise<unknown>((resolve, reject) => this.#open.set(token, { resolve, reject }));
    answer.catch(() => undefined); // the run that waits hears of it; a run that no longer waits does not care
    return { token, answer, close: () => this.#open.delete(token) };
  }

  /** Whether a task still waits for this token. */
  waits(token: string): boolean {
    return this.#open.has(token);
  }

  succeed(token: string, output: unknown): Woken {
    return this.#end(token, (open) => open.resolve(output));
  }

  fail(token: string, error: string, cause?: string): Woken {
    return this.#end(token, (open) => open.reject(new ExecutionError(error, cause)));
  }

  #end(token: string, how: (open: { resolve: (output: unknown) => void; reject: (error: ExecutionError) => void }) => void): Woken {
    const open = this.#open.get(token);
    if (!open) return this.#wasIssued(token) ? 'TaskTimedOut' : 'InvalidToken';
    this.#open.delete(token);
    how(open);
    return 'woken';
  }

  #wasIssued(token: string): boolean {
    const n = Number(/^token-(\d{1,15})-/.exec(token)?.[1] ?? Number.NaN);
    return n >= 1 && n <= this.#issued;
  }
}
