// A deploy points every integration at an alias that nobody made; what the stage served before was kept.
import { keepNow } from '../../fixes/kept-now.ts';
import { otherDeployment } from '../deployments.ts';
import { at, type Fault } from '../fault.ts';

export default {
  fix: 'put-back-deployment',
  cause: 'lambda-not-found',
  // one more, for somebody else to go back to
  prepare: (account) => account.deployApi(at),
  remember: (store, account) => keepNow(store, account, at),
  breakIt: (account) => account.repoint({ ...at, qualifier: 'next' }),
  facts: { functions: [] },
  drift: (attempt) => otherDeployment(attempt),
} satisfies Fault;
