// The owner, or the fix itself, wants a person's word for it.
import { guard } from '../model/change.ts';

export default guard({
  id: 'fix-not-allowed-unasked',
  title: 'The fix may not run unasked',
  check: ({ fixUnasked, plan }) =>
    fixUnasked ? undefined : { id: 'fix-not-allowed-unasked', lowersTo: 'ask', says: `${plan.fix} takes a person’s word here` },
});
