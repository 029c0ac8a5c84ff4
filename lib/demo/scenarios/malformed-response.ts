// A release answers in a shape the gateway refuses; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'malformed-response',
  title: 'A release answers in a shape the gateway refuses',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'malformed-response', 30 * minute),
  ends: { silent: { cause: ['lambda-malformed-response'], outcome: ['advised'], fix: null, changes: 0 } },
  // without logs nothing tells a crash from another error of the code: suspected or unknown, and what is missing is named
  withoutLogs: {
    cause: ['lambda-malformed-response', 'lambda-unhandled-error', 'unknown'],
    certainty: ['suspected', 'unknown'],
    outcome: ['advised'],
    fix: null,
    changes: 0,
  },
} satisfies Scenario;
