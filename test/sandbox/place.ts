// An account with one function and an alias, and one way to try a call on it to its end.
import type { CallName, In } from '../../lib/aws/calls.ts';
import { createAccount, SandboxCrash, type Account, type Principal } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');

export function place(seed = 1): {
  account: Account;
  clock: SimulatedClock;
  try<N extends CallName>(name: N, input: In<N>, as?: Principal): ReturnType<typeof ask>;
} {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed });
  account.putFunction({ name: 'orders', tags: { team: 'shop' } });
  account.putAlias('orders', 'live', account.publishVersion('orders'));
  return { account, clock, try: (name, input, as = 'admin') => ask(account, clock, name, input, as) };
}
async function ask<N extends CallName>(account: Account, clock: SimulatedClock, name: N, input: In<N>, as: Principal) {
  const asked = account
    .attempt(as)(name, input)
    .then(
      (answer) => answer,
      (error: unknown) => ({
        ok: false as const,
        error:
          error instanceof SandboxCrash
            ? { kind: 'crash', name: error.when, message: '' }
            : { kind: 'bug', name: String(error), message: '' },
      }),
    );
  await clock.runUntil(clock.now() + 30_000);
  const answer = await asked;
  return answer.ok
    ? { ok: true as const, value: answer.value as unknown }
    : { ok: false as const, kind: answer.error.kind, name: answer.error.name, message: answer.error.message };
}
