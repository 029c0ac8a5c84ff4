// Lambda could not make a function ready again: its subnets had no free address. The function stays in the state Failed.
import type { Breakage } from './breakage.ts';

export default {
  id: 'function-failed-state',
  title: 'Function in state Failed',
  says: 'Lambda could not give a function an address in its subnets; it stays in the state Failed',
  cause: 'lambda-state',
  breakIt: (shop, stage) =>
    shop.account.setFunctionState(stage.functionName, {
      state: 'Failed',
      code: 'SubnetOutOfIPAddresses',
      reason: 'The function could not be set up because the subnets have no free IP addresses.',
    }),
  mend: (shop, stage) => shop.account.setFunctionState(stage.functionName, undefined),
} satisfies Breakage;
