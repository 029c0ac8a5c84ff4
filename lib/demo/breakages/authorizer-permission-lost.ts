// The authorizer loses its invoke permission: the same words in the log as for a route's function, another function to mend.
import { grantGuard, guard, revokeGuard } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'authorizer-permission-lost',
  title: 'Authorizer loses its permission',
  says: 'the statement that lets API Gateway call the Lambda authorizer is removed',
  cause: 'authorizer-permission',
  asks: 're-add-invoke-permission',
  prepare: guard,
  breakIt: revokeGuard,
  mend: grantGuard,
} satisfies Breakage;
