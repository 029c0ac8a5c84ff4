// A deploy switches simple responses off, and the authorizer still answers {"isAuthorized": true}: 500 for everybody, and no error anywhere.
import { guardWith, setGuard } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

const answers = 'simple' as const;

export default {
  id: 'authorizer-simple-answer',
  title: 'Simple responses switched off',
  says: 'a deploy sets EnableSimpleResponses to false; the authorizer of the HTTP API still answers in the simple form',
  cause: 'authorizer-error',
  withoutLogs: { cause: 'authorizer-error', certainty: 'suspected' },
  on: 'HTTP',
  prepare: (shop, stage) => guardWith(shop, stage, { answers, simpleResponses: true }),
  breakIt: (shop, stage) => void setGuard(shop, stage, { answers, simpleResponses: false }),
  mend: (shop, stage) => void setGuard(shop, stage, { answers, simpleResponses: true }),
} satisfies Breakage;
