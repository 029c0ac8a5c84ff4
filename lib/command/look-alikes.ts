// What else a cause looks like: the causes that share words of a log with it, or a sign in metrics or configuration. From the catalogue
// itself, so that the documents and the command line cannot say something else than the code.
import type { Cause } from '../model/cause.ts';

export interface LookAlike {
  readonly id: string;
  /** The words or the sign they share. */
  readonly by: readonly string[];
}

/** A sign that more causes than this share tells none of them from another: most shapes fit any burst. */
const common = { words: 6, sign: 4 };

/** Shared words first, then signs; what most is shared with, first. */
export function lookAlikes(one: Cause, all: readonly Cause[]): readonly LookAlike[] {
  const counts = new Map<string, number>();
  for (const signs of all.map(signsOf)) for (const sign of signs) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const own = new Set(
    [...signsOf(one)].filter((sign) => (counts.get(sign) ?? 0) <= (sign.startsWith('sign: ') ? common.sign : common.words)),
  );
  return all
    .filter((other) => other.id !== one.id)
    .map((other) => ({ id: other.id, by: [...signsOf(other)].filter((sign) => own.has(sign)).map(said) }))
    .filter(({ by }) => by.length > 0)
    .sort((a, b) => b.by.length - a.by.length || (a.id < b.id ? -1 : 1));
}

/** `log words`, in lower case; or the title of a shape. */
function signsOf(cause: Cause): ReadonlySet<string> {
  return new Set(
    cause.clues.flatMap((clue) =>
      clue.kind === 'line'
        ? clue.in.flatMap((log) => clue.gates.map((gate) => `${log}: ${gate.trim().toLowerCase()}`))
        : [`sign: ${clue.title}`],
    ),
  );
}
const said = (sign: string): string => {
  const [where = '', ...words] = sign.split(': ');
  return where === 'sign' ? words.join(': ') : `"${words.join(': ')}"`;
};
