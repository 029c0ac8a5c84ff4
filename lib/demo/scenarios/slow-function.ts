// A release is slower than the function may be; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'slow-function',
  title: 'A release is slower than the function may be',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'slow-function', 30 * minute),
  ends: { silent: { cause: ['lambda-timeout'], outcome: ['advised'], fix: null, changes: 0 } },
} satisfies Scenario;
