// The id of a change follows from what decided it, so that a crash and a retry find the same record instead of making a second.
import type { Decision } from '../../model/change.ts';
import type { Incident, Question } from '../../model/incident.ts';
import { nameOf } from '../../journal/hash.ts';

export const approvedChangeId = (incident: Pick<Incident, 'id'>, question: Pick<Question, 'id'>): string =>
  `chg-${nameOf(incident.id, 'question', question.id)}`;

/** Of an `act` decision: by the question it rests on, or by its own time. */
export const changeIdOf = (incident: Pick<Incident, 'id'>, decision: Extract<Decision, { do: 'act' }>): string =>
  decision.question === undefined
    ? `chg-${nameOf(incident.id, 'unasked', String(decision.at))}`
    : approvedChangeId(incident, { id: decision.question });
