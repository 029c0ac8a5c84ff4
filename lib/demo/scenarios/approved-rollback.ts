// A release crashes; the version before it was clean, and a person approves to put the alias back on it.
import { breakage } from '../breakages/find.ts';
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

const asked = {
  cause: ['lambda-unhandled-error'],
  certainty: ['confirmed'],
  outcome: ['asked'],
  fix: 'put-alias-back',
  changes: 0,
} satisfies Expected;

export default {
  id: 'approved-rollback',
  title: 'A crashing release, put back on approval',
  owner: { fixes: [{ id: 'put-alias-back' }] },
  forMs: 120 * minute,
  play: (shop) => breakThenMend(shop, 'crashing-release', 90 * minute),
  // the bad release serves again: its owner ships another
  afterUndo: (shop) => shop.account.clock.after(20 * minute, () => breakage('crashing-release').mend(shop, shop.victim)),
  ends: {
    // asked for an hour; then what it goes back to is too long ago to be sure of
    silent: { ...asked, outcome: ['asked', 'advised'] },
    dismiss: { ...asked, outcome: ['asked', 'advised'] },
    approve: { ...asked, outcome: ['fixed'], changes: 1, says: /orders:live: version \d+ .*→/ },
    undo: { ...asked, outcome: ['undone'], changes: 1 },
  },
} satisfies Scenario;
