// A release is slower than the gateway waits; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'slow-integration',
  title: 'A release is slower than the gateway waits',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'slow-integration', 30 * minute),
  ends: { silent: { cause: ['integration-timeout'], outcome: ['advised'], fix: null, changes: 0 } },
} satisfies Scenario;
