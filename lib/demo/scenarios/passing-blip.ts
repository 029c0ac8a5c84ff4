// A deploy opens a gap of half a minute and closes it itself: nothing is changed.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'passing-blip',
  title: 'Gone within a minute, by itself',
  forMs: 30 * minute,
  play: (shop) => breakThenMend(shop, 'permission-removed-by-deploy', 40_000),
  ends: { silent: { outcome: ['none'], fix: null, changes: 0 } },
} satisfies Scenario;
