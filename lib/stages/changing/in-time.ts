// Whether a write may begin: the lock is ours, and both it and the function's own time outlast the write with its tries. A process that
// slept too long finds out here, and the same work is done by the next run; so nothing is written by two at once, or by one that is cut off.
import type { CallError, CallName } from '../../aws/calls.ts';
import { callMs, outOfTime } from '../../aws/client.ts';
import { amend } from '../../journal/journal.ts';
import { heldForMs, type Held } from '../../journal/lock.ts';
import type { ChangeRecord } from '../../model/change.ts';
import type { World } from '../../world.ts';

/** A write with all its tries, and the read that looks what came of it. */
export const writeMs = callMs + 1_000;

const lockLost: CallError = {
  kind: 'conflict',
  call: 'lock',
  name: 'LockLost',
  message: 'the lock was lost before the write; another change holds it',
};
const late: CallError = {
  kind: 'overBudget',
  call: 'lock',
  name: outOfTime,
  message: `less than ${Math.ceil(writeMs / 1000)} s were left for a write; the next run goes on`,
};

/** Why nothing may be written now; undefined when it may. */
async function barredFrom(world: World<CallName>, locks: readonly Held[]): Promise<CallError | undefined> {
  const left = await Promise.all(locks.map((one) => heldForMs(world, one)));
  if (left.some((ms) => ms === 0)) return lockLost;
  return Math.min(world.timeLeftMs(), ...left) < writeMs ? late : undefined;
}

/** The same; written down before it is asked that a write of this change of the plan goes out now, for whoever reads next may read what stood there before. */
export async function barredOrSent(
  world: World<CallName>,
  changeId: string,
  { n, as }: { readonly n: number; readonly as: 'apply' | 'undo' },
  locks: readonly Held[],
): Promise<CallError | undefined> {
  await amend(world, changeId, ({ sent }) => ({ sent: { at: world.now(), as, changes: [...new Set([...(sent?.changes ?? []), n])] } }));
  return barredFrom(world, locks);
}

/** Whether a write of this change was ever sent: what stands at its goal all the same is somebody else's work, and not ours to take back. */
export const wasSent = ({ sent }: Pick<ChangeRecord, 'sent'>, n: number): boolean => sent === undefined || sent.changes.includes(n);

/** Nothing was written, because another has the lock by now or the time is over: no failure of the write. */
export const wasBarred = (error: CallError): boolean => error.call === lockLost.call;

/** Nothing was wrong but the time: the same work is done by another run. */
export const wasLate = (error: CallError): boolean => error.name === outOfTime;
