// A deploy drops the invoke permission: mended unasked after its settling time.
import { breakage } from '../breakages/find.ts';
import { minute, type Scenario } from './scenario.ts';

const mended = {
  cause: ['lambda-permission-missing'],
  certainty: ['confirmed'],
  outcome: ['fixed'],
  fix: 're-add-invoke-permission',
  executions: 1,
  messages: 1,
  changes: 1,
} as const;

export default {
  id: 'permission-removed-by-deploy',
  title: 'A deploy drops the invoke permission',
  forMs: 60 * minute,
  play: (shop) => breakage('permission-removed-by-deploy').breakIt(shop, shop.victim),
  // whoever presses Undo breaks the stage again: a second incident opens, and is advised on
  afterUndo: (shop) => shop.account.clock.after(20 * minute, () => breakage('permission-removed-by-deploy').mend(shop, shop.victim)),
  ends: { silent: mended, undo: { ...mended, outcome: ['undone'], executions: 2, messages: 2 } },
} satisfies Scenario;
