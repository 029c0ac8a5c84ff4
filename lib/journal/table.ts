// The table of states a change moves through. Nothing else may happen to a change: an illegal step is a bug and throws,
// so that a crash, a late click and a sweeper can never agree on a state that nobody planned.
import { steps, type JournalEntry, type Step } from '../model/change.ts';

/**
 * step → steps that may follow. A failed apply *may have happened*, so applying goes to undoing, never to dropped.
 * `kept` is for good: a person pressed Keep, the undo window closed, it could not be judged and others rely on it by now, or it cannot be
 * taken back.
 */
export const table: Readonly<Record<Step, readonly Step[]>> = {
  planned: ['applying', 'dropped'],
  dropped: [],
  applying: ['applied', 'undoing'],
  applied: ['verified', 'failed', 'undoing', 'kept'],
  verified: ['kept', 'undoing'],
  failed: ['undoing'],
  undoing: ['undone', 'stuck', 'kept'],
  undone: [],
  kept: [],
  stuck: ['settled'],
  settled: [],
};

export const mayFollow = (from: Step, to: Step): boolean => table[from].includes(to);

/** Replays a journal from its first entry; throws where a step is illegal or out of number. */
export function replay(entries: readonly JournalEntry[]): Step {
  const [first, ...rest] = entries;
  if (first?.step !== 'planned' || first.n !== 1)
    throw new Error(`a journal starts with entry 1, planned; this one starts with ${first ? `${first.n}, ${first.step}` : 'nothing'}`);
  let last = first;
  for (const entry of rest) {
    if (entry.n !== last.n + 1) throw new Error(`journal entry ${entry.n} follows ${last.n}; entries are numbered without gaps`);
    if (!mayFollow(last.step, entry.step)) throw new Error(illegal(last.step, entry.step));
    last = entry;
  }
  return last.step;
}

export const illegal = (from: Step, to: Step): string =>
  `a change cannot go from ${from} to ${to}; from ${from} it goes to ${table[from].join(' or ') || 'nowhere'}`;

/** Steps after which nothing more can happen by itself. */
export const ended: readonly Step[] = steps.filter((s) => table[s].length === 0);
