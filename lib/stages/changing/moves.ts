// Moving one setting of one target, forwards or back: written once for every setting. Reads first and does only what is still
// missing, so that run twice it does nothing twice; never writes over a value that is neither where it was nor where it goes.
import * as v from 'valibot';
import type { Aws, CallError, CallName } from '../../aws/calls.ts';
import { absent, type Change, type Plan } from '../../model/change.ts';
import type { Window } from '../../model/evidence.ts';
import { err, type Result } from '../../model/result.ts';
import { settings } from '../../settings/index.ts';
import type { AnySetting, Reading } from '../../settings/setting.ts';

/** A setting by its id; a change that names none is a bug, or a row of a version that had it. */
export function settingOf(id: string): AnySetting {
  const found = settings.find((s) => s.id === id);
  if (!found) throw new Error(`there is no setting ${id}; there are ${settings.map((s) => s.id).join(', ')}`);
  // what each setting knows of its types is forgotten here; target and values are parsed by its own schemas before it sees them
  return found;
}

/** A stored change with its setting, checked by the setting's own schemas. */
export interface Move {
  readonly setting: AnySetting;
  readonly target: unknown;
  readonly from: unknown;
  readonly to: unknown;
}

export function moveOf(change: Change): Move {
  const setting = settingOf(change.setting);
  const value = (one: unknown): unknown => (one === absent ? absent : v.parse(setting.value, one));
  return { setting, target: v.parse(setting.target, change.target), from: value(change.from), to: value(change.to) };
}

export type Moved =
  /** It stands at the goal now; `wrote` says whether we had to write. */
  | { readonly is: 'there'; readonly wrote: boolean }
  /** It stands at neither: somebody else's value, not touched. */
  | { readonly is: 'drift'; readonly found: unknown }
  /** Not done. `mayHaveHappened`: a write was sent and its answer is not known. */
  | { readonly is: 'failed'; readonly error: CallError; readonly mayHaveHappened: boolean };

export type Direction = 'apply' | 'undo';
const ends = (move: Move, direction: Direction): { readonly start: unknown; readonly goal: unknown } =>
  direction === 'apply' ? { start: move.from, goal: move.to } : { start: move.to, goal: move.from };

export const read = (aws: Aws<CallName>, move: Move): Promise<Result<Reading<unknown>, CallError>> => move.setting.read(aws, move.target);

const failed = (error: CallError, mayHaveHappened: boolean): Moved => ({ is: 'failed', error, mayHaveHappened });

/** Why nothing may be written now: a lock that was lost, too little time. */
export type Bar = () => Promise<CallError | undefined>;

/** Asked before each call that writes: a setting may read once more, or write in steps, and meanwhile time goes by. */
const barring = (aws: Aws<CallName>, writes: readonly CallName[], barred: Bar): Aws<CallName> => ({
  async call(name, input) {
    const bar = writes.includes(name) ? await barred() : undefined;
    return bar ? err(bar) : aws.call(name, input);
  },
});

/** Moves it. `barred` is asked right before each write. */
export async function shift(aws: Aws<CallName>, move: Move, direction: Direction, barred: Bar): Promise<Moved> {
  const { start, goal } = ends(move, direction);
  const writing = barring(aws, move.setting.calls.write, barred);
  // twice: once more when somebody else edited the same resource between our read and our write (a revision conflict)
  for (let tries = 2; ; tries--) {
    const now = await read(aws, move);
    if (!now.ok) return failed(now.error, false);
    if (move.setting.same(now.value.value, goal)) return { is: 'there', wrote: false };
    if (!move.setting.same(now.value.value, start)) return { is: 'drift', found: now.value.value };
    const written = await move.setting.write(writing, move.target, start, goal, now.value.revision);
    if (written.ok) return await readBack(aws, move, direction);
    if (written.error.kind === 'conflict' && written.error.call !== 'lock' && tries > 1) continue;
    return await afterFailure(aws, move, goal, written.error);
  }
}

/** The service said yes: a third value means that somebody wrote after us. The old one may be a read that lags; `settled` will tell. */
async function readBack(aws: Aws<CallName>, move: Move, direction: Direction): Promise<Moved> {
  const { start, goal } = ends(move, direction);
  const now = await read(aws, move);
  if (!now.ok || move.setting.same(now.value.value, goal) || move.setting.same(now.value.value, start)) return { is: 'there', wrote: true };
  return { is: 'drift', found: now.value.value };
}

/** A write that failed may have happened all the same: what stands there decides. */
async function afterFailure(aws: Aws<CallName>, move: Move, goal: unknown, error: CallError): Promise<Moved> {
  const now = await read(aws, move);
  if (now.ok && move.setting.same(now.value.value, goal)) return { is: 'there', wrote: true };
  return failed(error, error.kind === 'throttled' || error.kind === 'down');
}

/** What the world answered so that a later try may succeed. */
export const transient = (error: CallError): boolean => error.kind === 'throttled' || error.kind === 'down' || error.kind === 'overBudget';

export const lockKeys = (plan: Plan): readonly string[] => plan.changes.map(moveOf).map((m) => m.setting.lockKey(m.target));

/** `from → to` in words, and the command that does it by hand. */
export const shown = (move: Move, direction: Direction = 'apply'): string => {
  const { start, goal } = ends(move, direction);
  return move.setting.show(move.target, start, goal);
};
export const byHand = (move: Move, direction: Direction = 'apply'): string => {
  const { start, goal } = ends(move, direction);
  return move.setting.byHand(move.target, start, goal);
};

/** Whether traffic used what the change put there; `undefined` where that cannot be told. */
export async function used(aws: Aws<CallName>, move: Move, window: Window): Promise<boolean | undefined> {
  if (!move.setting.inUse || move.to === absent) return undefined;
  const answer = await move.setting.inUse(aws, move.target, move.to, window);
  return answer.ok ? answer.value : undefined;
}

/** Why somebody else decides about a value; undefined when nobody does. What cannot be read is not taken for a no. */
export async function managedBy(aws: Aws<CallName>, { setting, target }: Move): Promise<string | undefined> {
  const answer = await setting.managed?.(aws, target);
  if (!answer) return undefined;
  if (!answer.ok) return `whether something else steers ${setting.writesTo(target)} could not be read: ${says(answer.error)}`;
  return answer.value === undefined ? undefined : `${answer.value} steers ${setting.writesTo(target)} and would overwrite it`;
}

/** A call's error in a sentence. */
export const says = (error: CallError): string =>
  `${error.call} answered ${error.name || error.kind}${error.message ? `: ${error.message}` : ''}`;
