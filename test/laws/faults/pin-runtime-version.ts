// AWS updates the runtime, and the code leans on the old one.
import type { RuntimeTarget } from '../../../lib/settings/runtime-version.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'pin-runtime-version',
  cause: 'lambda-unhandled-error',
  prepare: (account) => {
    account.setLoad('orders', { runsUpTo: 18 });
    account.setIdleMs('orders', 30_000);
  },
  breakIt: (account) => account.updateRuntime('nodejs24.x'),
  facts: { functions: [{ ref, errors: 99 }] },
  drift: (attempt, { target }) => {
    const { functionName, version } = target as RuntimeTarget;
    return attempt('lambda:PutRuntimeManagementConfig', {
      FunctionName: functionName,
      Qualifier: version,
      UpdateRuntimeOn: 'FunctionUpdate',
    });
  },
} satisfies Fault;
