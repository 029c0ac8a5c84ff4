// What passed by itself: told from the gateway's words together with AWS's own answer that all is there, and never while something fails.
import { expect, it } from 'vitest';
import type { Diagnosis, Suspect } from '../../lib/model/cause.ts';
import { blipOf } from '../../lib/model/blip.ts';
import type { EvidenceKind } from '../../lib/model/evidence.ts';

const suspect = (id: string, quote: string, kind: EvidenceKind = 'executionLog', is: 'ruledOut' | 'unproven' = 'ruledOut'): Suspect => ({
  id,
  clues: [{ quote, in: kind, source: 'messages.md §2' }],
  verdict: is === 'ruledOut' ? { is, by: [] } : { is, missing: [] },
});
const says = (suspects: readonly Suspect[], more: Partial<Diagnosis> = {}) =>
  blipOf({ cause: 'unknown', failing: false, suspects, ...more });
const gone = suspect('lambda-not-found', 'Execution failed due to configuration error: Function not found: arn');
const shut = suspect('lambda-permission-missing', 'Execution failed due to configuration error: Invalid permissions on Lambda function');

it('tells the moment of an alias update from the gap of a deploy', () => {
  expect(says([gone])).toContain('Keep at least one old version');
  expect(says([shut])).toContain('before it removes the old');
  expect(says([shut, suspect('lambda-not-found', 'Invalid permissions on Lambda function')])).toContain(
    'permission was missing for a moment',
  );
});
it('says nothing while it fails, while a cause is named, or while it is not settled that all is there', () => {
  expect(says([gone], { failing: true })).toBeUndefined();
  expect(blipOf({ cause: 'unknown', suspects: [gone] })).toBeUndefined();
  expect(says([gone], { cause: 'lambda-timeout' })).toBeUndefined();
  expect(says([suspect('lambda-not-found', 'Function not found', 'executionLog', 'unproven')])).toBeUndefined();
});
it('needs the gateway’s words: a burst of metrics alone may have been anything', () => {
  expect(says([suspect('lambda-permission-missing', '40 answers with 5xx', 'gatewayMetrics')])).toBeUndefined();
  expect(says([])).toBeUndefined();
});
