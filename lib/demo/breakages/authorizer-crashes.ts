// The authorizer throws on every token: nobody gets in, and it is no denial.
import { guard, releaseGuard } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'authorizer-crashes',
  title: 'Authorizer crashes',
  says: 'a release of the Lambda authorizer throws a TypeError on every token',
  cause: 'authorizer-error',
  prepare: guard,
  breakIt: (shop, stage) =>
    releaseGuard(shop, stage, { outcome: 'throw', ms: 8, errorText: "TypeError: Cannot read properties of undefined (reading 'kid')" }),
  mend: (shop, stage) => releaseGuard(shop, stage),
} satisfies Breakage;
