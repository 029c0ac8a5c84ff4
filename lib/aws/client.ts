// The one layer between a duty and the wire, the same over the SDK and over the sandbox: it refuses what was not declared, keeps to the
// limits, tries again what is worth it, and redacts every answer before anyone sees it.
import { err, type Err } from '../model/result.ts';
import type { Clock } from '../model/clock.ts';
import type { Answer, Attempt, Aws, CallError, CallName, In } from './calls.ts';
import type { Limiter } from './limiter.ts';
import { redactAnswer, redactError } from './redact.ts';

export interface ClientOptions {
  readonly attempt: Attempt;
  readonly clock: Clock;
  /** 0 ≤ random() < 1: jitter. */
  readonly random: () => number;
  /** The calls of the duty, from lib/duties.ts. */
  readonly declared: readonly CallName[];
  readonly limiter?: Limiter;
  /** How many calls this client may make (one round of an investigation); tries are not counted, they have their own limit. */
  readonly budget?: number;
  /** Named in the error about an undeclared call. */
  readonly duty?: string;
  /** Of a duty that changes things: no try begins that could not end before the function's own time does. */
  readonly timeLeftMs?: () => number;
}

/** Tries of one call, the first included. */
const maxTries = 4;
const backoffMs = 200;
/** Never wait longer than this between two tries, whatever the service asks for. */
const longestWaitMs = 10_000;
/** One try at the wire: a connection and an answer, or none (live/settings.ts; a test compares). */
export const tryMs = 7_500;
/** The longest that a call may take with all its tries, where the service does not ask for longer waits: then each try looks at the time itself. */
export const callMs = maxTries * tryMs + backoffMs * (2 ** maxTries - 2);
/** The name of a refusal for want of time: nothing was sent. */
export const outOfTime = 'OutOfTime';

/** The calls of one duty. A world error is a value; an undeclared call is a bug and throws. */
export function awsClient<C extends CallName>(options: ClientOptions): Aws<C> {
  const declared = new Set<CallName>(options.declared);
  let left = options.budget ?? Infinity;
  return {
    async call(name, input) {
      if (!declared.has(name)) throw undeclared(name, options);
      if (left <= 0) return refusal('overBudget', name, `more than the ${options.budget} calls of this round`);
      left--;
      return tries(name, input, options);
    },
  };
}

/** Writes are tried again too: whoever writes reads first and asks for the same value, so a second try does nothing twice. */
async function tries<N extends CallName>(name: N, input: In<N>, options: ClientOptions): Promise<Answer<N>> {
  for (let n = 1; ; n++) {
    if ((options.timeLeftMs?.() ?? Infinity) < tryMs)
      return err({ kind: 'overBudget', call: name, name: outOfTime, message: 'the function has no time left for another try' });
    if (options.limiter && !(await options.limiter(name)))
      return refusal('throttled', name, 'no place within the account-wide limit in time');
    const answer = await options.attempt(name, input);
    if (answer.ok) return { ok: true, value: redactAnswer(name, answer.value) } as Answer<N>;
    if (n === maxTries || !passing(answer.error)) return err(redactError(answer.error));
    await options.clock.sleep(waitMs(n, answer.error.retryAfterMs, options.random));
  }
}

const passing = (error: CallError): boolean => error.kind === 'throttled' || error.kind === 'down';

/** Full jitter over a doubling backoff, or what the service asked for plus jitter, so that many do not come back at once. */
function waitMs(n: number, retryAfterMs: number | undefined, random: () => number): number {
  const jitterMs = random() * backoffMs * 2 ** n;
  return Math.min((retryAfterMs ?? 0) + jitterMs, longestWaitMs);
}

const refusal = (kind: CallError['kind'], call: CallName, message: string): Err<CallError> =>
  err({ kind, call, name: 'Gatemedic', message });

const undeclared = (name: CallName, options: ClientOptions): Error =>
  new Error(
    `duty ${options.duty ?? 'of this world'} called ${name}, which it did not declare (it declared ${options.declared.join(', ') || 'nothing'}); add it to the collector's or setting's calls, or to lib/duties.ts`,
  );
