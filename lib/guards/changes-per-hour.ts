// Many changes in an hour, each right by itself, are a sign that something larger is wrong: from then on a person decides.
import { guard } from '../model/change.ts';

export default guard({
  id: 'changes-per-hour',
  title: 'As many changes as allowed were made unasked within the last hour',
  check: ({ unaskedLastHour, changesPerHour }) =>
    unaskedLastHour < changesPerHour
      ? undefined
      : {
          id: 'changes-per-hour',
          lowersTo: 'ask',
          says: `${unaskedLastHour} changes were begun unasked within the last hour, and ${changesPerHour} are allowed`,
        },
});
