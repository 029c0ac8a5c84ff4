// The authorizer answers something that is no policy. Only the gateway's log says so; without it, the numbers fit and no more.
import { guard, releaseGuard } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'authorizer-malformed-policy',
  title: 'Authorizer answers no policy',
  says: 'a release of the Lambda authorizer returns null where API Gateway expects a policy',
  cause: 'authorizer-error',
  withoutLogs: { cause: 'authorizer-error', certainty: 'suspected' },
  prepare: guard,
  breakIt: (shop, stage) => releaseGuard(shop, stage, { outcome: 'malformed', ms: 8 }),
  mend: (shop, stage) => releaseGuard(shop, stage),
} satisfies Breakage;
