// For a few seconds the authorizer answered what is no policy; API Gateway keeps that answer long after the function was mended.
import { guardWith, releaseGuard, setGuard } from '../guarded.ts';
import { second, type Breakage } from './breakage.ts';

export default {
  id: 'authorizer-answer-kept',
  title: 'Authorizer’s bad answer kept',
  says: 'a release of the authorizer returns null for twenty seconds; API Gateway keeps the answer for an hour',
  cause: 'authorizer-error',
  withoutLogs: { cause: 'unknown', certainty: 'unknown' },
  prepare: (shop, stage) => guardWith(shop, stage, { ttlSeconds: 60 }),
  breakIt: (shop, stage) => {
    setGuard(shop, stage, { ttlSeconds: 3600 });
    shop.account.forgetAnswers(stage);
    releaseGuard(shop, stage, { outcome: 'malformed', ms: 8 });
    shop.account.clock.after(20 * second, () => releaseGuard(shop, stage));
  },
  mend: (shop, stage) => shop.account.forgetAnswers(stage),
} satisfies Breakage;
