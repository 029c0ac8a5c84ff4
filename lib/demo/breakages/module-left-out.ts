// A release whose package lacks a module: no call reaches its code.
import { goodRelease, release, type Breakage } from './breakage.ts';

export default {
  id: 'module-left-out',
  title: 'Release that cannot start',
  says: 'a release was packed without one of its modules',
  cause: 'lambda-init-failure',
  breakIt: (shop, stage) => release(shop, stage, { outcome: 'throw', dies: 'start', ms: 5 }),
  mend: goodRelease,
} satisfies Breakage;
