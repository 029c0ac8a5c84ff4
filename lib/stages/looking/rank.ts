// Which suspect is the answer, and what the others are to it: its consequence, another fault beside it, or what may stand behind it.
// Free of the catalogue's order: ties go by id.
import type { Cause, CauseId, Diagnosis, Verdict } from '../../model/cause.ts';
import type { Hit } from './clues.ts';

export interface Judged {
  readonly cause: Pick<Cause, 'id' | 'explains' | 'looksAt'>;
  readonly hits: readonly Hit[];
  readonly verdict: Verdict;
}

/** Not proven, but what was found agrees with it. */
export const agrees = (verdict: Verdict): boolean => verdict.is === 'unproven' && verdict.facts !== undefined;
const isNamed = ({ hits }: Judged): boolean => hits.some((h) => h.from === 'named');

/** The strength of a suspect that a line names. */
export const named = 2;
/** How plainly a suspect is spoken of: by a line that names it, else by evidence that agrees, else by a shape or a hint. */
export const strengthOf = (j: Judged): 0 | 1 | typeof named => (isNamed(j) ? named : agrees(j.verdict) ? 1 : 0);
/** Among equally plain ones: evidence that agrees beside the line, then the number of clues. */
const scoreOf = (j: Judged): number => 100 * strengthOf(j) + (agrees(j.verdict) ? 10 : 0) + j.hits.length;

const byId = (a: Judged, b: Judged): number => (a.cause.id < b.cause.id ? -1 : a.cause.id > b.cause.id ? 1 : 0);
const failuresOf = ({ verdict }: Judged): number => (verdict.is === 'confirmed' ? (verdict.explains ?? 0) : 0);

/** The answer: a confirmed root, else the guess worth naming; undefined when there is neither. */
export function answerIn(judged: readonly Judged[]): Judged | undefined {
  const confirmed = judged.filter((j) => j.verdict.is === 'confirmed');
  return confirmed.length > 0 ? rootOf(confirmed) : guessOf(judged.filter((j) => j.verdict.is === 'unproven' && strengthOf(j) > 0));
}

/** A confirmed cause that another one explains is its consequence. Of what is left, the one that explains most failures. */
const rootOf = (confirmed: readonly Judged[]): Judged | undefined =>
  rootsIn(confirmed, () => true).toSorted((a, b) => failuresOf(b) - failuresOf(a) || byId(a, b))[0];

/** A shape or a hint alone fits too many causes. A suspect steps back behind one that explains it and is spoken of as plainly. */
const guessOf = (guesses: readonly Judged[]): Judged | undefined =>
  rootsIn(guesses, (other, one) => strengthOf(other) >= strengthOf(one)).toSorted((a, b) => scoreOf(b) - scoreOf(a) || byId(a, b))[0];

/** Those that no other of them explains; all of them when they explain one another in a ring. */
function rootsIn(list: readonly Judged[], counts: (other: Judged, one: Judged) => boolean): readonly Judged[] {
  const roots = list.filter((one) => !list.some((other) => explains(other, one) && !explains(one, other) && counts(other, one)));
  return roots.length > 0 ? roots : list;
}
const explains = (a: Judged, b: Judged): boolean => a !== b && (a.cause.explains ?? []).includes(b.cause.id);

/** What the other suspects are to the answer. */
export function aroundIt(answer: Judged, judged: readonly Judged[]): Pick<Diagnosis, 'consequences' | 'besides' | 'behind'> {
  const sure = answer.verdict.is === 'confirmed';
  const peers = judged.filter(
    (j) => j !== answer && (sure ? j.verdict.is === 'confirmed' : j.verdict.is === 'unproven' && strengthOf(j) > 0),
  );
  const follow = followers(answer, peers);
  const besides = sure ? peers.filter((j) => !follow.includes(j)) : [];
  const behind = judged.filter((j) => j.verdict.is === 'unproven' && strengthOf(j) > 0 && explains(j, answer) && !follow.includes(j));
  return { ...listed('consequences', follow), ...listed('besides', besides), ...listed('behind', behind) };
}

/** What follows from the answer, and what follows from that. */
function followers(answer: Judged, peers: readonly Judged[]): readonly Judged[] {
  const found: Judged[] = [];
  for (let last: readonly Judged[] = [answer]; last.length > 0;) {
    last = peers.filter((j) => !found.includes(j) && last.some((l) => explains(l, j)));
    found.push(...last);
  }
  return found;
}

function listed<K extends 'consequences' | 'besides' | 'behind'>(
  key: K,
  list: readonly Judged[],
): { readonly [P in K]?: readonly CauseId[] } {
  const ids = list.map((j) => j.cause.id).toSorted();
  return ids.length === 0 ? {} : ({ [key]: ids } as unknown as { [P in K]: readonly CauseId[] });
}
