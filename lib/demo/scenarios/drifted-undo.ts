// Warm environments stand; somebody sets another number by hand; then Undo is pressed. Their value is told and never overwritten.
import { breakThenMend, hour, minute, type Scenario } from './scenario.ts';

const byHand = 3;

export default {
  id: 'drifted-undo',
  title: 'Undo of what somebody else changed meanwhile',
  owner: { fixes: [{ id: 'warm-concurrency', unasked: true }] },
  forMs: 5 * hour,
  undoAfterMs: 40 * minute,
  play(shop) {
    breakThenMend(shop, 'cold-start-burst', 100 * minute);
    const { functionName: FunctionName, alias: Qualifier } = shop.victim;
    const input = { FunctionName, Qualifier, ProvisionedConcurrentExecutions: byHand };
    const { clock } = shop.account;
    clock.after(45 * minute, () => clock.start(() => shop.account.attempt('admin')('lambda:PutProvisionedConcurrencyConfig', input)));
  },
  ends: {
    silent: { cause: ['lambda-cold-start'], outcome: ['failed'], fix: 'warm-concurrency', changes: 1, toldByTopic: true },
    undo: {
      cause: ['lambda-cold-start'],
      outcome: ['failed'],
      fix: 'warm-concurrency',
      changes: 1,
      toldByTopic: true,
      says: /somebody else changed it to .*3.*by hand: .*aws lambda/s,
    },
  },
} satisfies Scenario;
