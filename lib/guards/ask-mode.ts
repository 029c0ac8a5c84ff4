// The owner wants each change approved.
import { guard } from '../model/change.ts';

export default guard({
  id: 'ask-mode',
  title: 'Ask mode: a person approves every change',
  check: ({ mode }) =>
    mode === 'ask' ? { id: 'ask-mode', lowersTo: 'ask', says: 'this installation asks before every change (mode is ask)' } : undefined,
});
