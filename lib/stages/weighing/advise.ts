// Advice instead of a change: the decision to tell a person what to do, with the commands where a plan stands ready, and when to look again. Pure.
import { causes } from '../../causes/index.ts';
import type { Advice, Diagnosis } from '../../model/cause.ts';
import type { Plan } from '../../model/change.ts';
import type { Incident } from '../../model/incident.ts';
import { byHand, moveOf } from '../changing/moves.ts';
import type { Draft } from './draft.ts';
import { final } from './question.ts';
import { factsOf } from './suited.ts';

const minute = 60_000;
/** Often while evidence is on its way, and whatever is advised may still change; then less. */
export const lookAgain = { early: minute, later: 5 * minute };

/** Dismissed or not, it was asked: that is how it ends if nothing else happens. */
export const kept = ({ standing }: Incident): Pick<Draft, 'standing'> => (standing === undefined ? {} : { standing });

/** One late failure after a proven fix does not make it unproven; a stage that fails again does. */
const stillFixed = ({ standing }: Incident, diagnosis: Diagnosis): boolean => standing === 'fixed' && diagnosis.failing !== true;

export function advise(
  incident: Incident,
  diagnosis: Diagnosis,
  because: readonly string[],
  now: number,
  { plan, looks }: { plan?: Plan; looks: number },
): Draft {
  const untilAt = now + looks;
  return {
    decision: { at: now, because, do: 'advise', advice: adviceOf(incident, diagnosis, plan), untilAt, ...(plan ? { plan } : {}) },
    next: 'wait',
    untilAt,
    notes: [],
    ...(final(incident) || stillFixed(incident, diagnosis) ? {} : { standing: 'advised' }),
  };
}

/** The cause's advice; where a plan stands ready, the commands that carry it out by hand. */
export function adviceOf(incident: Incident, diagnosis: Diagnosis, plan?: Plan): Advice {
  const cause = causes.find((c) => c.id === diagnosis.cause);
  const unknown = {
    summary: 'The cause is not known.',
    steps: diagnosis.nextProbe === undefined ? [] : [diagnosis.nextProbe],
    snippets: [],
  };
  const advice = cause ? cause.advice(factsOf(diagnosis), incident.at) : unknown;
  if (!plan) return advice;
  const code = plan.changes.map((c) => byHand(moveOf(c))).join('\n');
  return { ...advice, snippets: [{ title: 'By hand', language: 'bash', code }, ...advice.snippets] };
}
