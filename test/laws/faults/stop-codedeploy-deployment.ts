// CodeDeploy shifts the alias to a release that throws, a tenth of the traffic at a time.
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'stop-codedeploy-deployment',
  cause: 'lambda-unhandled-error',
  breakIt: (account) => {
    account.setWork('orders', { outcome: 'throw', ms: 20 });
    const to = account.publishVersion('orders');
    account.shiftAlias({
      application: 'shop',
      group: 'orders',
      functionName: 'orders',
      alias: 'live',
      to,
      step: 0.1,
      everyMs: 3_600_000,
    });
  },
  facts: { functions: [{ ref, errors: 99 }] },
  // it cannot be taken back, so nothing drifts from it
  drift: async () => undefined,
} satisfies Fault;
