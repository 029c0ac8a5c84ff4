// A stage nobody listed is diagnosed and advised on, never changed.
import { guard } from '../model/change.ts';

export default guard({
  id: 'not-watched',
  title: 'The stage is not listed by the owner',
  check: ({ watched }) =>
    watched
      ? undefined
      : { id: 'not-watched', lowersTo: 'advise', says: 'this stage is not listed in stages, so nothing of it is changed' },
});
