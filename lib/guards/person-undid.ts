// A person took this very change back: doing it again, or asking again, would be arguing.
import { guard } from '../model/change.ts';

const dayMs = 24 * 3_600_000;

export default guard({
  id: 'person-undid',
  title: 'A person took the same change back within a day',
  check: ({ recent, plan, now }) => {
    const undone = recent.find((c) => c.hash === plan.hash && c.by === 'person' && (c.step === 'undone' || c.step === 'undoing') && now - c.at < dayMs);
    return undone && { id: 'person-undid', lowersTo: 'advise', says: 'a person took this same change back within the last day' };
  },
});
