// A person took this fix back on this stage: doing it again, or asking again, would be arguing. The fix counts, not the exact change: what
// is known of the removed statement grows with CloudTrail, and the plan with it.
import { guard } from '../model/change.ts';

const dayMs = 24 * 3_600_000;

export default guard({
  id: 'person-undid',
  title: 'A person took the same fix back within a day',
  check: ({ recent, plan, now }) => {
    const undone = recent.find(
      (c) => c.fix === plan.fix && c.by === 'person' && (c.step === 'undone' || c.step === 'undoing') && now - c.at < dayMs,
    );
    return undone && { id: 'person-undid', lowersTo: 'advise', says: 'a person took this same fix back on this stage within the last day' };
  },
});
