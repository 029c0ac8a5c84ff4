// Lambda itself is down in the Region: every API that calls a function fails at once, and AWS Health reports it two minutes later.
import type { Shop } from '../shop.ts';
import { second, type Breakage } from './breakage.ts';

const ends = new WeakMap<Shop, () => void>();

export default {
  id: 'lambda-service-down',
  title: 'Lambda is down',
  says: 'Lambda answers every invocation in the Region with 503; AWS Health reports it two minutes later',
  cause: 'aws-incident',
  breakIt: (shop) => {
    shop.account.setLambdaDown(true);
    ends.set(shop, shop.account.reportIncident('LAMBDA', 120 * second));
  },
  mend: (shop) => {
    shop.account.setLambdaDown(false);
    ends.get(shop)?.();
  },
} satisfies Breakage;
