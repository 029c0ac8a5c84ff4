// The headline never says more than is proven: that it works again, that it recovered, or only that nothing is seen.
import { expect, test } from 'vitest';
import { headline, moodOf } from '../../lib/messages/mood.ts';
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { base } from './incidents.ts';
import { changeRow } from '../stages/upkeep-rows.ts';

const diagnosis = (failing?: boolean): Pick<Incident, 'diagnosis'> => ({
  diagnosis: { cause: 'unknown', certainty: 'unknown', at: 0, suspects: [], missing: [], ...(failing === undefined ? {} : { failing }) },
});
const closed = (more: Partial<Incident>): Incident => ({ ...base, phase: 'closed', outcome: 'advised', ...more });
const applied: ChangeRecord = changeRow(['planned', 'applying', 'applied']);

test.each([
  ['metrics say that nothing fails', closed(diagnosis(false)), [], 'no longer fails'],
  ['only nothing is seen', closed(diagnosis()), [], 'shows no failure any more'],
  ['only nothing is seen, and nobody was told', closed({ ...diagnosis(), outcome: 'none' }), [], 'shows no failure any more'],
  ['it is a day old and fails', closed(diagnosis(true)), [], 'still fails; this message is a day old'],
  ['it was changed and nobody could judge it', closed({ ...diagnosis(false), outcome: 'none' }), [applied], 'was changed; nothing proves'],
  ['it was proven', closed({ ...diagnosis(), outcome: 'fixed' }), [applied], 'works again'],
  ['it joined an outage', closed({ ...diagnosis(true), parentId: 'inc-p' }), [], 'is one of many'],
] as const)('closed, and %s', (_, incident, changes, words) => {
  expect(headline(incident, changes)).toContain(words);
});

test('what was only relieved is not said to work again, whether the relief still stands or is over', () => {
  for (const steps of [
    ['applied', 'verified'],
    ['applied', 'verified', 'undoing', 'undone'],
  ] as const) {
    const change = changeRow(['planned', 'applying', ...steps]);
    const relief = { ...change, plan: { ...change.plan, leaseMs: 60_000, relieves: 'callers above the limit hear 429' } };
    expect(headline(closed({ ...diagnosis(), outcome: 'fixed' }), [relief])).toMatch(/no longer fails: relieved, not mended$/);
  }
});

test('while passing trouble is watched, it is neither failing nor over', () => {
  const incident: Incident = { ...base, phase: 'live', decision: { at: 0, because: [], do: 'wait', untilAt: 0, passing: true } };
  expect(moodOf(incident, [])).toBe('calm');
});
