// The sandbox account as the command line's live account, with a broken shop in it.
import type { Attempt, CallError, CallName, In } from '../../lib/aws/calls.ts';
import type { LiveAccount } from '../../lib/command/command.ts';
import { err, ok, type Result } from '../../lib/model/result.ts';
import { breakage as breakageOf } from '../../lib/demo/breakages/find.ts';
import type { Broken } from '../stages/broken-shop.ts';
import { brokenShop } from '../stages/broken-shop.ts';
import { runDiagnose, type Ran } from './edges.ts';
// loaded before time is simulated: a module takes real milliseconds
import '../../lib/command/diagnose-live.ts';
import '../../lib/command/would-do.ts';

export interface LiveShop {
  readonly broken: Broken;
  /** Every call that was made, by name. */
  readonly made: CallName[];
  readonly live: LiveAccount;
  run(...args: readonly string[]): Promise<Ran>;
}

/** `refuse` answers in the account's stead. */
export async function liveShop(
  breakage: string,
  options: {
    readonly logs: boolean;
    readonly lookAfterMs?: number;
    readonly refuse?: (name: CallName) => CallError | undefined;
    readonly mendedForMs?: number;
    readonly accountId?: Result<string, CallError>;
  },
): Promise<LiveShop> {
  const broken = await brokenShop(breakage, { logs: options.logs });
  await broken.clock.runUntil(broken.firstFailureAt + (options.lookAfterMs ?? 200_000));
  if (options.mendedForMs !== undefined) {
    breakageOf(breakage).mend(broken.shop, broken.stage);
    await broken.clock.runUntil(broken.clock.now() + options.mendedForMs);
  }
  const inner = broken.shop.account.attempt('admin');
  const made: CallName[] = [];
  const attempt: Attempt = async <N extends CallName>(name: N, input: In<N>) => {
    made.push(name);
    const error = options.refuse?.(name);
    if (error) return err(error);
    return inner(name, input);
  };
  const { accountId, region } = broken.at;
  const live: LiveAccount = {
    region,
    attempt,
    clock: broken.clock,
    random: () => broken.shop.account.random(),
    accountId: async () => options.accountId ?? ok(accountId),
  };
  return {
    broken,
    made,
    live,
    run: (...args) => pumped(broken, runDiagnose(args, { live: () => live, now: () => broken.clock.now() })),
  };
}

/** Moves the simulated clock on for as long as the work takes; modules are loaded in real time beside it. */
async function pumped<T>({ clock }: Broken, work: Promise<T>): Promise<T> {
  const state = { done: false };
  const end = work.finally(() => {
    state.done = true;
  });
  end.catch(() => undefined);
  while (!state.done) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.runUntil(clock.now() + 50);
  }
  return end;
}
