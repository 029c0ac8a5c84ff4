// A law of the worlds that did not hold: its name, and what happened in one sentence.
import type { Law } from './names.ts';

export interface Breach {
  readonly law: Law;
  readonly says: string;
}
const breach = (law: Law, says: string): Breach => ({ law, says });
/** The breach, where it is one. */
export const when = (broken: boolean, law: Law, says: string): readonly Breach[] => (broken ? [breach(law, says)] : []);
