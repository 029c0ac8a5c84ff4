// The database that the function asks is down: connections are refused at once, and only the function's log says so.
import { release, type Breakage } from './breakage.ts';

const database = '10.0.2.15:5432';

export default {
  id: 'database-refuses',
  title: 'Database refuses',
  says: 'the database behind a function is down; its port refuses connections',
  cause: 'lambda-dependency-failure',
  prepare: (shop, stage) => release(shop, stage, { downstream: database }),
  breakIt: (shop) => shop.account.setDownstream(database, 'refuses'),
  mend: (shop) => shop.account.setDownstream(database, undefined),
} satisfies Breakage;
