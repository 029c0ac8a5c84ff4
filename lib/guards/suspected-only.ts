// A suspicion is worth telling, never worth a write.
import { guard } from '../model/change.ts';

export default guard({
  id: 'suspected-only',
  title: 'The cause is not confirmed',
  check: ({ diagnosis, plan }) =>
    diagnosis.certainty === 'confirmed' && diagnosis.cause === plan.cause
      ? undefined
      : { id: 'suspected-only', lowersTo: 'advise', says: `the cause is ${diagnosis.certainty}, not confirmed` },
});
