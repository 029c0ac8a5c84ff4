// The cheapest next step towards an answer, in one sentence, from what was missing.
import { stageKey, type StageRef } from '../../model/api.ts';
import type { MissingReason, MissingRef } from '../../model/evidence.ts';

const inOrder: readonly MissingReason[] = [
  'denied',
  'notEnabled',
  'overBudget',
  'throttled',
  'down',
  'timedOut',
  'late',
  'gone',
  'empty',
  'notRecorded',
];

/** What would settle an open question; undefined when nothing is missing. */
export function probeFor(missed: readonly MissingRef[], at: StageRef): string | undefined {
  // an execution log says more than an access log: where that is on, the other would settle nothing
  const spared = at.apiType !== 'HTTP' && !missed.some((m) => m.kind === 'executionLog' && m.why === 'notEnabled');
  const useful = missed.filter((m) => !(spared && m.kind === 'accessLog' && m.why === 'notEnabled'));
  const first = useful.sort(
    (a, b) => dear(a) - dear(b) || inOrder.indexOf(a.why) - inOrder.indexOf(b.why) || (a.kind < b.kind ? -1 : 1),
  )[0];
  return first && sentence(first, at);
}

/** A support plan is bought for other reasons than one burst: the dashboard shows the same to a person. */
const dear = ({ kind, why }: MissingRef): number => (kind === 'awsHealth' && why === 'notEnabled' ? 1 : 0);

function sentence({ kind, why, detail }: MissingRef, at: StageRef): string {
  const log = kind === 'executionLog' || kind === 'accessLog';
  switch (why) {
    case 'denied':
      return `allow Gatemedic to read what it was denied: ${detail}`;
    case 'notEnabled':
      if (log && at.apiType === 'HTTP')
        return `turn on access logging of ${stageKey(at)} with $context.integrationErrorMessage in its format`;
      if (kind === 'awsHealth') return `look at the AWS Health Dashboard of ${at.region}: ${detail}`;
      if (kind === 'endpointProbe' || kind === 'testInvoke') return `let it be tried: ${detail}`;
      return log ? `turn on execution logging (level ERROR) of ${stageKey(at)}` : `turn on what ${kind} needs: ${detail}`;
    case 'overBudget':
      return `look at the rest by hand: ${detail}`;
    case 'throttled':
    case 'down':
    case 'timedOut':
      return `look again when AWS answers: ${detail}`;
    case 'late':
      return `look again in a few minutes: ${detail}`;
    case 'gone':
    case 'empty':
      return `look at ${kind} by hand: ${detail}`;
    case 'notRecorded':
      return `record ${kind} too: this case does not hold it`;
  }
}
