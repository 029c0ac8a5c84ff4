// A new alias never had the grant: nothing proves that it should, so a person is asked.
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

const asked: Expected = {
  cause: ['lambda-permission-missing'],
  certainty: ['confirmed'],
  outcome: ['asked'],
  fix: 're-add-invoke-permission',
  changes: 0,
};

export default {
  id: 'alias-without-permission',
  title: 'The API is pointed at an alias that never had the grant',
  forMs: 120 * minute,
  play: (shop) => breakThenMend(shop, 'alias-without-permission', 90 * minute),
  ends: {
    silent: asked,
    approve: { ...asked, outcome: ['fixed'], changes: 1 },
    dismiss: asked,
    undo: { ...asked, outcome: ['undone'], changes: 1 },
  },
} satisfies Scenario;
