// A deploy of the authorizer's stack drops its invoke permission.
import { dropGuardByStack, grantGuard, guardByStack } from '../guarded.ts';
import type { Breakage } from './breakage.ts';

export default {
  id: 'authorizer-permission-removed-by-deploy',
  title: 'Authorizer loses its permission by a deploy',
  says: 'a deploy drops the statement that lets API Gateway call the Lambda authorizer',
  cause: 'authorizer-permission',
  prepare: guardByStack,
  breakIt: dropGuardByStack,
  mend: grantGuard,
} satisfies Breakage;
