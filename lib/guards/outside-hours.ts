// The owner wants unasked changes only while somebody is there to see them. Outside of those hours a person is asked, whoever is awake.
import { guard } from '../model/change.ts';
import { hoursWords, within } from '../model/hours.ts';

export default guard({
  id: 'outside-hours',
  title: 'It is outside of the owner’s hours for unasked changes',
  check: ({ unaskedHours, now }) =>
    unaskedHours === undefined || within(unaskedHours, now)
      ? undefined
      : {
          id: 'outside-hours',
          lowersTo: 'ask',
          says: `unasked changes are only made within the owner’s hours (${hoursWords(unaskedHours)})`,
        },
});
