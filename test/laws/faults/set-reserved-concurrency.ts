// Reserved concurrency is too low for the work, and what others reserved leaves no room to raise it: it is taken away.
import type { ReservedTarget } from '../../../lib/settings/reserved-concurrency.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'set-reserved-concurrency',
  cause: 'lambda-throttled',
  prepare: (account) => account.putFunction({ name: 'reports', reserved: 899 }),
  breakIt: (account) => {
    account.setLoad('orders', { ms: 2500 });
    account.putReserved('orders', 1);
  },
  facts: { functions: [{ ref, throttles: 99, peakConcurrency: 1, limit: 'reserved', reserved: 1 }] },
  drift: (attempt, { target }) =>
    attempt('lambda:PutFunctionConcurrency', { FunctionName: (target as ReservedTarget).functionName, ReservedConcurrentExecutions: 0 }),
} satisfies Fault;
