// Three changes that failed within an hour: whatever the reason, our picture of the account is wrong.
import { guard } from '../model/change.ts';

/** As many failures as it takes to stop. */
const most = 3;

export default guard({
  id: 'three-failed-in-an-hour',
  title: 'Three changes failed within the last hour',
  check: ({ failedLastHour }) =>
    failedLastHour < most
      ? undefined
      : {
          id: 'three-failed-in-an-hour',
          lowersTo: 'advise',
          says: `${failedLastHour} changes failed within the last hour: no more is changed until a person has looked`,
        },
});
