// A tag on the stage or the function says that nobody's bot may touch it. A tag that cannot be read is not taken for a no.
import { guard } from '../model/change.ts';

export default guard({
  id: 'hands-off',
  title: 'The stage or the function is tagged gatemedic:hands-off',
  check: ({ handsOff, tagsUnread }) => {
    if (handsOff.length > 0)
      return { id: 'hands-off', lowersTo: 'advise', says: `${handsOff.join(', ')} carries the tag gatemedic:hands-off` };
    if (tagsUnread.length > 0)
      return {
        id: 'hands-off',
        lowersTo: 'ask',
        says: `the tags of ${tagsUnread.join(', ')} could not be read; they may say gatemedic:hands-off`,
      };
    return undefined;
  },
});
