// A person takes the invoke permission away: never put back unasked.
import { grantAgain, revokedBy, type Breakage } from './breakage.ts';

export default {
  id: 'permission-removed-on-purpose',
  title: 'Alice removes the permission',
  says: 'a person calls RemovePermission; CloudTrail names her after a few minutes',
  cause: 'lambda-permission-missing',
  breakIt: revokedBy(),
  mend: grantAgain,
} satisfies Breakage;
