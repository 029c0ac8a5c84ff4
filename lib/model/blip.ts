// Trouble that passed by itself and is told as such: the gateway's words of a missing function or permission, which are both there again. A deploy
// does that for seconds (azul#7883, azul#8301); there is nothing to mend, and something to do better.
import type { Diagnosis, Suspect } from './cause.ts';

/** By cause, the nearest first: both say the same words. */
const passes: Readonly<Record<string, string>> = {
  'lambda-not-found':
    'Lambda had the function, alias or version not for a moment, and has it again: an alias moved while a deploy deleted the version behind it. Keep at least one old version',
  'lambda-permission-missing':
    'the function’s permission was missing for a moment, and is there again: a deploy replaced it. Let the deploy add the new statement before it removes the old',
};
/** Words that only the absence of the function itself brings. */
const onlyGone = 'Function not found';

/** What passed, in a sentence without its full stop; undefined while something fails or a cause is named. */
export function blipOf(diagnosis: Pick<Diagnosis, 'cause' | 'failing' | 'suspects'>): string | undefined {
  if (diagnosis.failing !== false || diagnosis.cause !== 'unknown') return undefined;
  const over = (id: string, fits: (quote: string) => boolean): boolean =>
    diagnosis.suspects.some((s) => s.id === id && s.verdict.is === 'ruledOut' && saidInLog(s, fits));
  if (over('lambda-not-found', (quote) => quote.includes(onlyGone))) return passes['lambda-not-found'];
  return over('lambda-permission-missing', (quote) => !quote.includes(onlyGone)) ? passes['lambda-permission-missing'] : undefined;
}

const saidInLog = ({ clues }: Suspect, fits: (quote: string) => boolean): boolean =>
  clues.some((clue) => (clue.in === 'executionLog' || clue.in === 'accessLog') && fits(clue.quote));
