// The database that the function asks stops answering: each call waits until the function's own timeout. Traces show for what.
import { release, type Breakage } from './breakage.ts';

const database = 'orders-db.internal:5432';

export default {
  id: 'database-hangs',
  title: 'Database hangs',
  says: 'the database behind a function stops answering; calls run into the function’s timeout, and tracing is on',
  cause: 'lambda-dependency-failure',
  prepare: (shop, stage) => {
    shop.account.traceFunction(stage.functionName);
    release(shop, stage, { downstream: database });
  },
  breakIt: (shop) => shop.account.setDownstream(database, 'hangs'),
  mend: (shop) => shop.account.setDownstream(database, undefined),
} satisfies Breakage;
