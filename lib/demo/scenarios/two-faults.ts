// A deploy drops the permission and brings code that crashes: the first is mended and kept, the second is advised on.
import { breakage } from '../breakages/find.ts';
import { breakThenMend, minute, type Scenario } from './scenario.ts';

const end = { cause: ['lambda-unhandled-error'], outcome: ['advised'], fix: 're-add-invoke-permission', changes: 1 } as const;

export default {
  id: 'two-faults',
  title: 'A deploy drops the permission and the new code crashes',
  forMs: 100 * minute,
  play: (shop) => {
    breakThenMend(shop, 'crashing-release', 50 * minute);
    breakage('permission-removed-by-deploy').breakIt(shop, shop.victim);
  },
  afterUndo: (shop) => shop.account.clock.after(10 * minute, () => breakage('permission-removed-by-deploy').mend(shop, shop.victim)),
  // taking the permission away again brings the first fault back, and the crash cannot be seen behind it
  ends: { silent: end, undo: { ...end, cause: ['lambda-permission-missing', 'lambda-unhandled-error'], outcome: ['undone'] } },
  withoutLogs: { ...end, cause: ['lambda-unhandled-error', 'unknown'] },
} satisfies Scenario;
