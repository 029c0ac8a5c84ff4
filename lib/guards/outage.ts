// Many stages at once are not many faults: it is AWS, a shared backend or a shared deploy, and changing each would make it worse.
import { guard } from '../model/change.ts';

export default guard({
  id: 'outage',
  title: 'Many stages fail at once',
  check: ({ stagesInTrouble, outageStages }) =>
    stagesInTrouble > outageStages
      ? {
          id: 'outage',
          lowersTo: 'advise',
          says: `${stagesInTrouble} stages fail at once (more than ${outageStages}): this is an outage, not a fault of one stage`,
        }
      : undefined,
});
