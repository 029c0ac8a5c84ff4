// Sees every call a diagnosis makes: what was refused says which permission to give, and a saved case is made of all of it.
import type { Answer, Aws, CallError, CallName, In } from '../aws/calls.ts';

export interface Call<N extends CallName = CallName> {
  readonly name: N;
  readonly input: In<N>;
  /** As everybody else saw it: redacted. */
  readonly answer: Answer<N>;
}
export interface Witness {
  readonly aws: Aws<CallName>;
  readonly calls: readonly Call[];
}
export interface Refused {
  readonly name: CallName;
  readonly input: unknown;
  readonly error: CallError;
}

/** `asked` is told each call before it is made, with how many there were before. */
export function witness(aws: Aws<CallName>, asked: (name: CallName, before: number) => void = () => undefined): Witness {
  const calls: Call[] = [];
  let made = 0;
  return {
    calls,
    aws: {
      async call(name, input) {
        asked(name, made++);
        const answer = await aws.call(name, input);
        calls.push({ name, input, answer });
        return answer;
      },
    },
  };
}

/** The calls that AWS did not allow. */
export const refused = (calls: readonly Call[]): readonly Refused[] =>
  calls.flatMap(({ name, input, answer }) => (!answer.ok && answer.error.kind === 'denied' ? [{ name, input, error: answer.error }] : []));
