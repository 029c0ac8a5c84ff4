// Bursts after quiet spells meet environments that start for longer than the gateway waits; this owner allows warming unasked.
import { breakage } from '../breakages.ts';
import { hour, type Scenario } from './scenario.ts';

export default {
  id: 'cold-start-burst',
  title: 'Bursts of traffic meet cold starts',
  warmUnasked: true,
  forMs: 5 * hour,
  play: (shop) => breakage('cold-start-burst').breakIt(shop, shop.victim),
  ends: {
    silent: { cause: ['lambda-cold-start'], certainty: ['confirmed'], outcome: ['fixed'], fix: 'warm-concurrency', changes: 1 },
    undo: { cause: ['lambda-cold-start'], certainty: ['confirmed'], outcome: ['undone'], fix: 'warm-concurrency' },
  },
} satisfies Scenario;
