// Lambda itself fails for thirty stages at once: one parent incident, one message, no change.
import { minute, type Scenario } from './scenario.ts';

export default {
  id: 'outage',
  title: 'Thirty stages fail at once',
  stages: 30,
  forMs: 90 * minute,
  play: ({ account }) => {
    account.setLambdaDown(true);
    account.clock.after(30 * minute, () => account.setLambdaDown(false));
  },
  ends: { silent: { cause: ['aws-incident', 'unknown'], outcome: ['advised'], fix: null, messages: 1, changes: 0 } },
} satisfies Scenario;
