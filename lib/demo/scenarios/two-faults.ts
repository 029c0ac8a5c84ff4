// A deploy drops the permission and brings code that crashes: the first is mended and kept, the second is advised on.
import { breakage } from '../breakages.ts';
import { breakThenMend, minute, type Scenario } from './scenario.ts';

const end = { cause: ['lambda-unhandled-error'], outcome: ['advised'], fix: 're-add-invoke-permission', changes: 1 } as const;

export default {
  id: 'two-faults',
  title: 'A deploy drops the permission and the new code crashes',
  forMs: 80 * minute,
  play: (shop) => {
    breakThenMend(shop, 'crashing-release', 50 * minute);
    breakage('permission-removed-by-deploy').breakIt(shop, shop.victim);
  },
  ends: { silent: end },
  withoutLogs: { ...end, cause: ['lambda-unhandled-error', 'unknown'] },
} satisfies Scenario;
