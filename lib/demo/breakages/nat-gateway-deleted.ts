// A function in a VPC calls an AWS service over a NAT gateway, and somebody deletes that: the function hangs until its own limit.
import { broken, mended } from '../private-stage.ts';
import { alice, goodRelease, release, second, type Breakage } from './breakage.ts';

export default {
  id: 'nat-gateway-deleted',
  title: 'NAT gateway deleted',
  says: 'the NAT gateway by which a function in a VPC reaches AWS is deleted; the function hangs',
  cause: 'network-blocked',
  prepare: (shop, stage) => {
    const { network } = shop.account;
    network.placeFunction(stage.functionName);
    const ms = (random: () => number): number => (network.reaches(stage.functionName, 'sqs') ? 30 + random() * 50 : 900 * second);
    release(shop, stage, { outcome: 'ok', ms });
  },
  breakIt: (shop) => broken(shop, shop.account.network.deleteNatGateway(alice)),
  mend: (shop, stage) => {
    mended(shop);
    goodRelease(shop, stage);
  },
} satisfies Breakage;
