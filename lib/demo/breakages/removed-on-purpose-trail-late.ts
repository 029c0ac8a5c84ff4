// The same, while CloudTrail is late to name the person.
import { grantAgain, revokedBy, second, type Breakage } from './breakage.ts';

export default {
  id: 'removed-on-purpose-trail-late',
  title: 'Alice removes it, CloudTrail is late',
  says: 'the record arrives after ten minutes',
  cause: 'lambda-permission-missing',
  breakIt: revokedBy(600 * second),
  mend: grantAgain,
} satisfies Breakage;
