// The function's data outgrew its memory: the same code is killed.
import { reconfigured } from '../reconfigured.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'set-function-memory',
  cause: 'lambda-out-of-memory',
  breakIt: (account) => account.setLoad('orders', { needsMb: 700 }),
  facts: { functions: [{ ref, errors: 99, memoryMb: 512 }] },
  ...reconfigured,
} satisfies Fault;
