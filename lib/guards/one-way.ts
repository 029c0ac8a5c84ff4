// What cannot be taken back is a person's to decide, whatever the owner allowed.
import { guard } from '../model/change.ts';

export default guard({
  id: 'one-way',
  title: 'It cannot be taken back',
  check: ({ plan }) => plan.oneWay && { id: 'one-way', lowersTo: 'ask', says: `it cannot be taken back: ${plan.oneWay.join('; ')}` },
});
