// A suspicion is worth telling, never worth a write; what only makes evidence visible rests on no cause.
import { guard } from '../model/change.ts';

export default guard({
  id: 'suspected-only',
  title: 'The cause is not confirmed',
  check: ({ diagnosis, plan }) =>
    plan.gains === true || (diagnosis.certainty === 'confirmed' && diagnosis.cause === plan.cause)
      ? undefined
      : { id: 'suspected-only', lowersTo: 'advise', says: `the cause is ${diagnosis.certainty}, not confirmed` },
});
