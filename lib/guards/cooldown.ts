// The same fix on the same stage again so soon, or anything again on the same target: the first did not last or did not help, and a person looks
// at it. The fix counts, not the exact change: what is known of a removed statement grows with CloudTrail, and the plan with it. The target
// counts whichever stage it was changed for: two stages may share a function.
import { guard, type RecentChange } from '../model/change.ts';

export default guard({
  id: 'cooldown',
  title: 'The same fix was made a short while ago, or the same target changed',
  check: ({ recent, plan, keys, now, cooldownMs }) => {
    const lately = recent.filter((c) => c.step !== 'planned' && c.step !== 'dropped' && now - c.at < cooldownMs);
    const same = lately.find((c) => c.fix === plan.fix);
    const touched = lately.find((c) => c.keys.some((key) => keys.includes(key)));
    if (same) return again(same, now);
    return (
      touched && {
        id: 'cooldown',
        lowersTo: 'ask',
        says: `${touched.fix} changed the same target ${ago(touched, now)}: one thing at a time`,
      }
    );
  },
});

const ago = ({ at }: RecentChange, now: number): string => `${Math.round((now - at) / 60_000)} minutes ago`;

/** Between its first write and its end, or on its way back. */
const underWay: ReadonlySet<RecentChange['step']> = new Set(['applying', 'failed', 'undoing']);
const lookAgainMs = 20_000;

function again(same: RecentChange, now: number) {
  if (underWay.has(same.step))
    return {
      id: 'cooldown',
      lowersTo: 'wait',
      says: 'this same fix is under way, or on its way back',
      untilAt: now + lookAgainMs,
    } as const;
  const gaveUp = (same.step === 'undone' || same.step === 'stuck') && same.by !== 'person' && same.by !== 'lease';
  if (gaveUp) return { id: 'cooldown', lowersTo: 'advise', says: `this same fix was tried ${ago(same, now)} and did not help` } as const;
  if (same.step === 'undone')
    return { id: 'cooldown', lowersTo: 'ask', says: `this same fix was taken down ${ago(same, now)}, and is needed again` } as const;
  return {
    id: 'cooldown',
    lowersTo: 'ask',
    says: `this same fix was made ${ago(same, now)} and is needed again: something takes it away`,
  } as const;
}
