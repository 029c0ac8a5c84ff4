// A function's subnets run out of addresses: Lambda cannot give it a place in the VPC, and turns its calls away.
import type { Breakage } from './breakage.ts';

export default {
  id: 'subnets-full',
  title: 'Subnets without an address',
  says: 'the last free address of a function’s subnets is taken; Lambda can make no environment there',
  cause: 'lambda-state',
  prepare: (shop, stage) => shop.account.network.placeFunction(stage.functionName),
  breakIt: (shop, stage) => shop.account.fillSubnets(stage.functionName),
  mend: (shop, stage) => shop.account.fillSubnets(stage.functionName, true),
} satisfies Breakage;
