// A release answers in a shape the proxy integration does not know.
import { goodRelease, release, type Breakage } from './breakage.ts';

export default {
  id: 'malformed-response',
  title: 'Malformed response',
  says: 'a release answers with a key that the proxy integration does not know',
  cause: 'lambda-malformed-response',
  // metrics say that the function ran well; only a log says what the gateway made of its answer
  withoutLogs: { cause: 'lambda-malformed-response', certainty: 'suspected' },
  breakIt: (shop, stage) => release(shop, stage, { outcome: 'malformed', ms: 20 }),
  mend: goodRelease,
} satisfies Breakage;
