// The shadow of a decision: what mode `act` would have come to, kept beside what the owner's mode lets happen, so that a team can see a month of
// judgement before it trusts it.
import type { FixId } from './change.ts';

export interface Shadow {
  readonly at: number;
  /** `act`: it would have been made unasked. */
  readonly would: 'act' | 'ask' | 'wait' | 'advise';
  /** Of `wait`: when it would have looked again. */
  readonly untilAt?: number;
  /** What it would have been about; absent where no installed fix had anything to change. */
  readonly plan?: { readonly fix: FixId; readonly hash: string; readonly preview: readonly string[]; readonly usdPerHour?: number };
  /** Every guard and objection that spoke against doing it unasked, the mode's own apart. */
  readonly against: readonly { readonly id: string; readonly says: string }[];
}

const order = ['advise', 'wait', 'ask', 'act'] as const;
const rank = ({ would }: Shadow): number => order.indexOf(would);

/**
 * Of two looks at one incident, the one that says what would have become of it: what would have been done is not taken back by a later look at a
 * stage that by then has recovered, or was mended by hand. Of equals the first act counts, and otherwise the better informed.
 */
export function stronger(before: Shadow | undefined, now: Shadow | undefined): Shadow | undefined {
  if (!before || !now) return now ?? before;
  if (rank(now) !== rank(before)) return rank(now) > rank(before) ? now : before;
  return now.would === 'act' ? before : now;
}
