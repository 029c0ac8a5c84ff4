// A law of the worlds that did not hold: its name, and what happened in one sentence.

export interface Breach {
  readonly law: string;
  readonly says: string;
}
export const breach = (law: string, says: string): Breach => ({ law, says });
/** The breach, where it is one. */
export const when = (broken: boolean, law: string, says: string): readonly Breach[] => (broken ? [breach(law, says)] : []);
