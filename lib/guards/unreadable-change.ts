// A change in the journal that this version cannot read may stand on the very target that would be changed: nobody knows, so a person is asked.
import { guard } from '../model/change.ts';

export default guard({
  id: 'unreadable-change',
  title: 'The journal holds a change that this version cannot read',
  check: ({ unreadable: [first, ...more] }) =>
    first === undefined
      ? undefined
      : {
          id: 'unreadable-change',
          lowersTo: 'ask',
          says: `the journal holds a change that this version cannot read (${first}${more.length > 0 ? `, and ${more.length} more` : ''}): what it stands on is not known`,
        },
});
