// Without the right to write, an approval could only fail: the owner gets the command instead of a button.
import { guard } from '../model/change.ts';

export default guard({
  id: 'not-writable',
  title: 'What would be changed is neither listed nor tagged as allowed',
  check: ({ writable }) =>
    writable
      ? undefined
      : {
          id: 'not-writable',
          lowersTo: 'advise',
          says: 'Gatemedic may not write to what this changes; list it in functions (or tag the function gatemedic=allowed), stages or resources',
        },
});
