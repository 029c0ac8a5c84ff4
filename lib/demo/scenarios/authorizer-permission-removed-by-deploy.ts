// A deploy drops the authorizer's invoke permission: mended unasked, as a function's own is.
import { breakage } from '../breakages/find.ts';
import { minute, type Scenario } from './scenario.ts';

const found = breakage('authorizer-permission-removed-by-deploy');
const mended = {
  cause: ['authorizer-permission'],
  certainty: ['confirmed'],
  outcome: ['fixed'],
  fix: 're-add-invoke-permission',
  changes: 1,
} as const;

export default {
  id: 'authorizer-permission-removed-by-deploy',
  title: 'A deploy drops the permission of the authorizer',
  forMs: 60 * minute,
  prepare: (shop) => found.prepare?.(shop, shop.victim),
  play: (shop) => found.breakIt(shop, shop.victim),
  afterUndo: (shop) => shop.account.clock.after(20 * minute, () => found.mend(shop, shop.victim)),
  ends: { silent: mended, undo: { ...mended, outcome: ['undone'] } },
} satisfies Scenario;
