// The authorizer is asked at each request, and its function may run once at a time: most requests find it busy.
import { guard, releaseGuard } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

const guardOf = (functionName: string): string => `${functionName}-authorizer`;

export default {
  id: 'authorizer-throttled',
  title: 'Authorizer throttled',
  says: 'somebody reserves a single concurrent run for the authorizer’s function, which takes half a second at each request',
  cause: 'authorizer-error',
  prepare: guard,
  breakIt: (shop, stage) => {
    releaseGuard(shop, stage, { outcome: 'ok', ms: 500 });
    shop.account.putReserved(guardOf(stage.functionName), 1);
  },
  mend: (shop, stage) => {
    shop.account.putReserved(guardOf(stage.functionName), undefined);
    releaseGuard(shop, stage);
  },
} satisfies Breakage;
