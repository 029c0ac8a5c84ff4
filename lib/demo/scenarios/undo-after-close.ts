// The incident is closed, and two hours later somebody presses Undo: the change is taken back all the same. The owner has put a
// permission of their own by then, so that nothing breaks.
import { breakage } from '../breakages/find.ts';
import { hour, minute, type Scenario } from './scenario.ts';

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
  id: 'undo-after-close',
  title: 'Undo, two hours after the incident closed',
  forMs: 4 * hour,
  undoAfterMs: 2 * hour,
  play(shop) {
    breakage('permission-removed-by-deploy').breakIt(shop, shop.victim);
    shop.account.clock.after(100 * minute, () => breakage('permission-removed-by-deploy').mend(shop, shop.victim));
  },
  ends: { silent: mended, undo: { ...mended, outcome: ['undone'], says: /taken back \(by u0oncall1/ } },
} satisfies Scenario;
