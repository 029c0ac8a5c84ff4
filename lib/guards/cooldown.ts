// The same fix on the same stage again so soon means that the first did not last or did not help: a person looks at it. The fix
// counts, not the exact change: what is known of a removed statement grows with CloudTrail, and the plan with it.
import { guard } from '../model/change.ts';

export default guard({
  id: 'cooldown',
  title: 'The same fix was made a short while ago',
  check: ({ recent, plan, now, cooldownMs }) => {
    const same = recent.find((c) => c.fix === plan.fix && c.step !== 'planned' && c.step !== 'dropped' && now - c.at < cooldownMs);
    if (!same) return undefined;
    const ago = `${Math.round((now - same.at) / 60_000)} minutes ago`;
    const gaveUp = (same.step === 'undone' || same.step === 'stuck') && same.by !== 'person' && same.by !== 'lease';
    if (gaveUp) return { id: 'cooldown', lowersTo: 'advise', says: `this same fix was tried ${ago} and did not help` };
    if (same.step === 'undone')
      return { id: 'cooldown', lowersTo: 'ask', says: `this same fix was taken down ${ago}, and is needed again` };
    return { id: 'cooldown', lowersTo: 'ask', says: `this same fix was made ${ago} and is needed again: something takes it away` };
  },
});
