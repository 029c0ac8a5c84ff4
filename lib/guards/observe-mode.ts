// The owner only wants to see: nothing is changed and nobody is asked.
import { guard } from '../model/change.ts';

export default guard({
  id: 'observe-mode',
  title: 'Observe mode: diagnose and advise only',
  check: ({ mode }) =>
    mode === 'observe' ? { id: 'observe-mode', lowersTo: 'advise', says: 'this installation only observes (mode is observe)' } : undefined,
});
