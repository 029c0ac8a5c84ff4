// Reserved concurrency is too small; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'throttled-by-reserved',
  title: 'Reserved concurrency is too small',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'throttled-by-reserved', 30 * minute),
  ends: { silent: { cause: ['lambda-throttled'], outcome: ['advised'], fix: null, changes: 0 } },
} satisfies Scenario;
