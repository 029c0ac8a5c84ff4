// A person removes the permission and CloudTrail names her: never mended unasked.
import { breakThenMend, endsOfAsking, minute, type Scenario } from './scenario.ts';

export default {
  id: 'permission-removed-on-purpose',
  title: 'A person removes the invoke permission',
  forMs: 200 * minute,
  play: (shop) => breakThenMend(shop, 'permission-removed-on-purpose', 150 * minute),
  ends: endsOfAsking,
} satisfies Scenario;
