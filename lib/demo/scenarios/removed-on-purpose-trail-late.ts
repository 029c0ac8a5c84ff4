// The same, but CloudTrail's record takes ten minutes: asked at once, and the message then says who it was.
import { askedForPermission, breakThenMend, endsOfAsking, minute, type Scenario } from './scenario.ts';

const namesHer = { ...askedForPermission, says: /alice/ };

export default {
  id: 'removed-on-purpose-trail-late',
  title: 'A person removes the invoke permission and CloudTrail is late',
  forMs: 200 * minute,
  play: (shop) => breakThenMend(shop, 'removed-on-purpose-trail-late', 150 * minute),
  ends: { ...endsOfAsking, silent: namesHer, dismiss: namesHer },
} satisfies Scenario;
