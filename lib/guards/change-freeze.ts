// The owner froze changes: a closed calendar, or one that cannot be read, leaves the choice to a person.
import { guard } from '../model/change.ts';

export default guard({
  id: 'change-freeze',
  title: 'A change calendar is closed, or cannot be read',
  check: ({ freeze }) => {
    if (freeze === 'none' || freeze === 'open') return undefined;
    return {
      id: 'change-freeze',
      lowersTo: 'ask',
      says:
        freeze === 'closed'
          ? 'a change calendar is closed: nothing is changed unasked during a freeze'
          : 'the change calendars could not be read, which counts as closed: nothing is changed unasked',
    };
  },
});
