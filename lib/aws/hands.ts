// Writes that IAM cannot narrow to a field of a resource are made with a role of their own: whoever holds the carry-out function's role must
// still take that one, which CloudTrail records by name, and which is there only where such a fix is installed.
import type { Hand } from '../model/change.ts';
import type { Attempt, CallName, Here } from './calls.ts';

/** IAM is global, an installation is of one Region: the name carries it. At most 64 characters (AWS: IAM quotas). */
export const handRoleName = (region: string, hand: Hand): string => `gatemedic-${hand}-${region}`;
export const handRoleArn = ({ accountId, region }: Here, hand: Hand): string =>
  `arn:aws:iam::${accountId}:role/${handRoleName(region, hand)}`;

/** Makes the handed calls with their own role, all others plainly. */
export function handedAttempt(plain: Attempt, handed: ReadonlyMap<CallName, Hand>, as: (hand: Hand) => Attempt): Attempt {
  const taken = new Map<Hand, Attempt>();
  return (name, input) => {
    const hand = handed.get(name);
    if (hand === undefined) return plain(name, input);
    const attempt = taken.get(hand) ?? as(hand);
    taken.set(hand, attempt);
    return attempt(name, input);
  };
}
