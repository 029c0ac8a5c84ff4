// What the function calls became slow: the same code takes longer than it may.
import { reconfigured } from '../reconfigured.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'set-function-timeout',
  cause: 'lambda-timeout',
  breakIt: (account) => account.setLoad('orders', { ms: 14_000 }),
  facts: { functions: [{ ref, timeoutSeconds: 10, gatewayTimeoutMs: 29_000, errors: 99 }] },
  ...reconfigured,
} satisfies Fault;
