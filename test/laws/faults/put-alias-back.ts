// A release throws on every request.
import type { AliasTarget } from '../../../lib/settings/alias-version.ts';
import { ref, type Fault } from '../fault.ts';

export default {
  fix: 'put-alias-back',
  cause: 'lambda-unhandled-error',
  breakIt: (account) => account.release('orders', { outcome: 'throw', ms: 20 }),
  facts: { functions: [{ ref, errors: 99 }] },
  drift: (attempt, { target }) => {
    const { functionName, alias } = target as AliasTarget;
    return attempt('lambda:UpdateAlias', {
      FunctionName: functionName,
      Name: alias,
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } },
    });
  },
} satisfies Fault;
