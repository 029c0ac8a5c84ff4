// A release throws on every request; a person mends it half an hour later.
import { breakThenMend, minute, type Scenario } from './scenario.ts';

export default {
  id: 'crashing-release',
  title: 'A release throws on every request',
  forMs: 60 * minute,
  play: (shop) => breakThenMend(shop, 'crashing-release', 30 * minute),
  ends: { silent: { cause: ['lambda-unhandled-error'], outcome: ['advised'], fix: null, changes: 0 } },
  // without logs nothing tells a crash from another error of the code: suspected or unknown, and what is missing is named
  withoutLogs: {
    cause: ['lambda-unhandled-error', 'lambda-unhandled-error', 'unknown'],
    certainty: ['suspected', 'unknown', 'confirmed'],
    outcome: ['advised'],
    fix: null,
    changes: 0,
  },
} satisfies Scenario;
