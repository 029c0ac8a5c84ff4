// The question to a person, as deciding moves it: asked, expired, taken back, approved. Pure; decide stores what comes of it.
import type { Advice, Diagnosis } from '../../model/cause.ts';
import type { Incident, Note, Question } from '../../model/incident.ts';
import type { Draft } from './draft.ts';

/** CloudTrail's record of who did it comes within about 15 minutes (evidence.md §6): until then a question is looked at often, then less. */
const trailMs = 20 * 60_000;

/** A question whose time is over expires here; the row's state, not a timer, says so. */
export function settle({ question }: Incident, now: number): { question?: Question; notes: readonly Note[] } {
  if (!question) return { notes: [] };
  if (question.state !== 'pending' || question.expiresAt > now) return { question, notes: [] };
  return {
    question: { ...question, state: 'expired' },
    notes: [{ key: `expired:${question.id}`, at: now, says: 'nobody answered in time; the question expired' }],
  };
}

/** A pending question that nothing stands behind any more is taken back, in the same write as the decision that replaces it. */
export function withdrawn({ question }: Incident, why: string, now: number): Pick<Draft, 'question' | 'notes'> {
  if (question?.state !== 'pending') return { notes: [] };
  return {
    question: { ...question, state: 'withdrawn', decidedAt: now },
    notes: [{ key: `withdrawn:${question.id}`, at: now, says: `the question was withdrawn: ${why}` }],
  };
}

/** By evidence, unlike a cause that could just not be confirmed again. */
export const isRuledOut = ({ suspects }: Diagnosis, cause: string): boolean =>
  suspects.find((s) => s.id === cause)?.verdict.is === 'ruledOut';

/** A person's undo and a change that got stuck stay how the incident ends. */
export const final = ({ standing }: Incident): boolean => standing === 'undone' || standing === 'failed';

/** What is asked, beside the question itself. */
interface Asking {
  readonly because: readonly string[];
  readonly advice?: Advice;
  readonly notes?: readonly Note[];
}

export function ask(incident: Incident, question: Question, { because, advice, notes = [] }: Asking, now: number): Draft {
  const note = { key: `asked:${question.id}`, at: question.askedAt, says: `asked: ${because.join('; ')}` };
  return {
    decision: { at: now, because, do: 'ask', plan: question.plan, ...(advice ? { advice } : {}) },
    next: now - incident.openedAt < trailMs ? 'ask' : 'keep-asking',
    untilAt: question.expiresAt,
    question,
    notes: [...notes, note],
    ...(final(incident) ? {} : { standing: 'asked' }),
  };
}

/** `despite`: what would have held it back unasked, as it stands now: it goes on, and is said. */
export function approved(question: Question, now: number, despite: readonly string[] = []): Draft {
  const who = question.by?.kind === 'person' ? (question.by.name ?? question.by.id) : 'a person';
  return {
    decision: { at: now, because: [`${who} approved exactly these changes`], do: 'act', plan: question.plan, question: question.id },
    next: 'carry-out',
    untilAt: now,
    notes:
      despite.length === 0
        ? []
        : [{ key: `despite:${question.id}`, at: now, says: `carried out on a person’s word, although ${despite.join('; and ')}` }],
  };
}

/** Approved, and yet not allowed: it is told, and the approval is used up, so that it cannot come true later. */
export const notCarriedOut = (question: Question, because: readonly string[], now: number): Pick<Draft, 'question' | 'notes'> => ({
  question: { ...question, state: 'withdrawn', decidedAt: now },
  notes: [
    {
      key: `not-carried-out:${question.id}`,
      at: now,
      says: `it was approved, and is not carried out: ${because.join('; ')}; nothing was changed`,
    },
  ],
});
