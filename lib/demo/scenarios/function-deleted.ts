// Somebody deletes the function; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'function-deleted',
  title: 'Somebody deletes the function',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'function-deleted', 30 * minute),
  ends: { silent: { cause: ['lambda-not-found'], certainty: ['confirmed'], outcome: ['advised'], fix: null, changes: 0 } },
} satisfies Scenario;
