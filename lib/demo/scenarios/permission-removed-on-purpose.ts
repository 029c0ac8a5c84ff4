// A person removes the permission and CloudTrail names her: never mended unasked.
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

const asked: Expected = {
  cause: ['lambda-permission-missing'],
  certainty: ['confirmed'],
  outcome: ['asked'],
  fix: 're-add-invoke-permission',
  changes: 0,
};

export default {
  id: 'permission-removed-on-purpose',
  title: 'A person removes the invoke permission',
  forMs: 200 * minute,
  play: (shop) => breakThenMend(shop, 'permission-removed-on-purpose', 150 * minute),
  ends: {
    silent: asked,
    approve: { ...asked, outcome: ['fixed'], changes: 1 },
    dismiss: asked,
    undo: { ...asked, outcome: ['undone'], changes: 1 },
  },
} satisfies Scenario;
