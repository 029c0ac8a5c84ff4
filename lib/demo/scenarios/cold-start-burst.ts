// Bursts after quiet spells meet environments that start for longer than the gateway waits; this owner allows warming unasked.
import { breakThenMend, hour, minute, type Scenario } from './scenario.ts';

export default {
  id: 'cold-start-burst',
  title: 'Bursts of traffic meet cold starts',
  owner: { fixes: [{ id: 'warm-concurrency', unasked: true }] },
  forMs: 5 * hour,
  // the owner ships a lighter start before the lease ends: what was kept warm is not needed any more
  play: (shop) => breakThenMend(shop, 'cold-start-burst', 100 * minute),
  ends: {
    silent: { cause: ['lambda-cold-start'], certainty: ['confirmed'], outcome: ['fixed'], fix: 'warm-concurrency', changes: 1 },
    undo: { cause: ['lambda-cold-start'], certainty: ['confirmed'], outcome: ['undone'], fix: 'warm-concurrency', changes: 1 },
  },
} satisfies Scenario;
