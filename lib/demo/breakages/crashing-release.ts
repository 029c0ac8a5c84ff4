// A release throws on every request.
import { goodRelease, release, type Breakage } from './breakage.ts';

export default {
  id: 'crashing-release',
  title: 'Crashing release',
  says: 'a release throws a TypeError on every request',
  cause: 'lambda-unhandled-error',
  breakIt: (shop, stage) =>
    release(shop, stage, { outcome: 'throw', ms: 20, errorText: "TypeError: Cannot read properties of undefined (reading 'total')" }),
  mend: goodRelease,
} satisfies Breakage;
