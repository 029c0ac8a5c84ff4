// What deciding comes to: one conditional write on the incident, and where the workflow goes.
import type { Decision, Outcome } from '../../model/change.ts';
import type { Note, Question } from '../../model/incident.ts';
import type { Shadow } from '../../model/shadow.ts';
import type { Next } from '../stage.ts';

/** What decide writes into the incident's row, and where the workflow goes. */
export interface Draft {
  readonly decision: Decision;
  readonly next: Next;
  readonly untilAt: number;
  readonly question?: Question;
  readonly shadow?: Shadow;
  readonly standing?: Outcome;
  readonly dismissed?: readonly string[];
  readonly notes: readonly Note[];
}
