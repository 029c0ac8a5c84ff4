// The same, but CloudTrail's record takes ten minutes: asked at once, and the message then says who it was.
import { breakThenMend, minute, type Expected, type Scenario } from './scenario.ts';

const asked: Expected = {
  cause: ['lambda-permission-missing'],
  certainty: ['confirmed'],
  outcome: ['asked'],
  fix: 're-add-invoke-permission',
  changes: 0,
};

export default {
  id: 'removed-on-purpose-trail-late',
  title: 'A person removes the invoke permission and CloudTrail is late',
  forMs: 200 * minute,
  play: (shop) => breakThenMend(shop, 'removed-on-purpose-trail-late', 150 * minute),
  ends: {
    silent: { ...asked, says: /alice/ },
    approve: { ...asked, outcome: ['fixed'], changes: 1 },
    dismiss: { ...asked, says: /alice/ },
    undo: { ...asked, outcome: ['undone'], changes: 1 },
  },
} satisfies Scenario;
