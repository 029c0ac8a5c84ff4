// What mends itself needs no mending. Waits instead of giving up: between two bursts a stage looks well, too.
import { guard } from '../model/change.ts';

/** No failure for this long, beside metrics that say so, counts as not failing. */
const quietMs = 90_000;

export default guard({
  id: 'not-failing-any-more',
  title: 'The stage does not fail any more',
  check: ({ diagnosis, lastFailureAt, now }) =>
    diagnosis.failing === false && now - lastFailureAt > quietMs
      ? {
          id: 'not-failing-any-more',
          lowersTo: 'wait',
          says: 'no request has failed for a while: nothing is changed unless it fails again',
          untilAt: now + 60_000,
        }
      : undefined,
});
