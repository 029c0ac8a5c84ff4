// A setting: one thing in an account that may be changed; how to read it, write it, see it settled, and show it to a person.
import type * as v from 'valibot';
import type { Aws, CallError, CallName } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import type { Snippet } from '../model/cause.ts';
import type { Hand } from '../model/change.ts';
import type { Window } from '../model/evidence.ts';
import { ok, type Result } from '../model/result.ts';

export type ValueOf<V> = V | 'absent';

/**
 * What stands there now. `gone`, in words: what would hold the value is not there itself. Its value is absent then, which is where an undo
 * wants it; a change that is still to be made finds nothing to be made on.
 */
export interface Reading<V> {
  readonly value: ValueOf<V>;
  readonly revision?: string;
  readonly gone?: string;
}
/** No value, and what is gone with it where that is known. */
export const absentIn = (gone: string | undefined): Reading<never> => ({ value: 'absent', ...(gone === undefined ? {} : { gone }) });

export interface Setting<T = never, V = never, R extends CallName = CallName, W extends CallName = CallName> {
  /** kebab-case, equal to the file name. */
  readonly id: string;
  readonly title: string;
  readonly target: v.GenericSchema<unknown, T>;
  readonly value: v.GenericSchema<unknown, V>;
  readonly calls: { readonly read: readonly R[]; readonly write: readonly W[] };
  /** The window in which another writer could slip between our read and our write, in words; for docs and reviewers. */
  readonly race: string;
  /**
   * It cannot be taken back; the words say what stays. `read` answers `absent` until it finds the trace of our own act, or always where
   * AWS shows none: a crash in the middle may do it twice, which must be harmless.
   */
  readonly oneWay?: string;
  /** The next change of the same plan waits until this one is settled. */
  readonly mustSettle?: true;
  /** IAM cannot narrow its writes to a field: they are made with a role of their own. */
  readonly hand?: Hand;
  /** The resource the lock is taken on: two targets that must not change at once give the same key. */
  lockKey(target: T): string;
  /** The ARN a role must be allowed to write; compared with the owner's list. */
  writesTo(target: T): string;
  read(aws: Aws<R>, target: T): Promise<Result<Reading<V>, CallError>>;
  /** Writes `to`; the caller has just read `from` at `revision`. */
  write(aws: Aws<R | W>, target: T, from: ValueOf<V>, to: ValueOf<V>, revision?: string): Promise<Result<void, CallError>>;
  same(a: ValueOf<V>, b: ValueOf<V>): boolean;
  /** Whether `to` is in force and works. `failed` says why it never will. */
  settled(aws: Aws<R>, target: T, to: ValueOf<V>): Promise<Result<'settled' | 'settling' | { readonly failed: string }, CallError>>;
  /** `from → to` for a person, one line, no markup. */
  show(target: T, from: ValueOf<V>, to: ValueOf<V>): string;
  usdPerHour?(target: T, value: ValueOf<V>): number;
  /** Whether traffic used it in the window, by metrics: looked at when a lease ends, and before it is taken away unasked. */
  inUse?(aws: Aws<'cloudwatch:GetMetricData'>, target: T, value: V, window: Window): Promise<Result<boolean, CallError>>;
  /** Once in use, only a person takes it away: traffic relies on it. */
  readonly keptWhenUsed?: true;
  /** What else steers it, in words, for it would overwrite ours: then nothing is changed. Asked before a change is planned, and before it is made. */
  managed?(aws: Aws<'application-autoscaling:DescribeScalableTargets'>, target: T): Promise<Result<string | undefined, CallError>>;
  /** Whether somebody else's setting beside ours says the same by now: then ours is no drift any more. */
  declared?(aws: Aws<R>, target: T, to: ValueOf<V>): Promise<Result<boolean, CallError>>;
  /** The command that does it by hand. */
  byHand(target: T, from: ValueOf<V>, to: ValueOf<V>): string;
  /** How to make `to` last in code. */
  snippets(target: T, to: ValueOf<V>, at: StageRef): readonly Snippet[];
}
type Declared<T, V, R extends CallName, W extends CallName> = Omit<Setting<T, V, R, W>, 'settled'> &
  Partial<Pick<Setting<T, V, R, W>, 'settled'>>;

/** Most settings are in force once they read as they shall: that is what `settled` asks where a setting says nothing else. */
export function setting<T, V, R extends CallName, W extends CallName>(s: Declared<T, V, R, W>): Setting<T, V, R, W> {
  return {
    settled: async (aws, target, to) => {
      const now = await s.read(aws, target);
      return now.ok ? ok(s.same(now.value.value, to) ? 'settled' : 'settling') : now;
    },
    ...s,
  };
}

/** A setting whose target and value types are not known, as the journal reads it back: both are parsed by their schema first. */
export interface AnySetting extends Omit<Setting<unknown, unknown>, 'target' | 'value'> {
  readonly target: v.GenericSchema;
  readonly value: v.GenericSchema;
}
