// The authorizer answered badly for a moment, and the stage keeps the answer.
import { at, type Fault } from '../fault.ts';
import { keepBadAnswer, putGuard } from '../guarded.ts';

export default {
  fix: 'flush-authorizer-cache',
  cause: 'authorizer-error',
  prepare: (account) => putGuard(account, at, 3600),
  breakIt: (account) => keepBadAnswer(account, at),
  facts: { authorizers: [{ name: 'Guard', trouble: 'kept-answer', says: '' }] },
  drift: async () => undefined,
} satisfies Fault;
