// Three changes of one stage that failed within an hour, or twice as many anywhere: whatever the reason, our picture of it is wrong, and from
// then on a person decides.
import { guard } from '../model/change.ts';

/** As many failures as it takes to stop. */
const most = { ofTheStage: 3, anywhere: 6 };

export default guard({
  id: 'three-failed-in-an-hour',
  title: 'Three changes of this stage failed within the last hour, or six anywhere',
  check: ({ failedLastHour: { ofTheStage, anywhere } }) => {
    const says =
      ofTheStage >= most.ofTheStage
        ? `${ofTheStage} changes of this stage failed within the last hour`
        : anywhere >= most.anywhere
          ? `${anywhere} changes failed within the last hour, on all stages together`
          : undefined;
    return says === undefined
      ? undefined
      : { id: 'three-failed-in-an-hour', lowersTo: 'ask', says: `${says}: nothing more is changed unasked until a person has looked` };
  },
});
