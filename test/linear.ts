// Whether a pattern costs linear time, by the characters it reads and not by the clock: a busy machine must not make a pattern look slow.
// The search for an attack starts from the same seed each time, so that an answer today is the answer tomorrow.
import { checkSync } from 'recheck';

const always = { timeout: 60_000, incubationTimeout: null, randomSeed: 7 };

/** Quickly first; a doubt is looked into in full, for a bounded run of characters looks steep while the text is short. */
export function isLinear({ source, flags }: Pick<RegExp, 'source' | 'flags'>): boolean {
  const quick = checkSync(source, flags, { ...always, maxIteration: 2, incubationLimit: 5_000 });
  return quick.status !== 'vulnerable' || checkSync(source, flags, always).status !== 'vulnerable';
}
