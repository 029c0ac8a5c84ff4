// The function takes twenty seconds to start.
import type { WarmTarget } from '../../../lib/settings/provisioned-concurrency.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'warm-concurrency',
  cause: 'lambda-cold-start',
  breakIt: (account) => account.setInitMs('orders', 20_000),
  facts: { ref, peakConcurrency: 7, timeoutMs: 29_000 },
  drift: (attempt, { target }) => {
    const { functionName, qualifier } = target as WarmTarget;
    return attempt('lambda:PutProvisionedConcurrencyConfig', {
      FunctionName: functionName,
      Qualifier: qualifier,
      ProvisionedConcurrentExecutions: 3,
    });
  },
} satisfies Fault;
