// Every mutant of the safety code.
import { ofChanging } from './changing.ts';
import { ofConsenting } from './consenting.ts';
import { ofGuards } from './guards.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [...ofGuards, ...ofChanging, ...ofConsenting];

export function mutantOf(id: string): Mutant {
  const found = mutants.find((m) => m.id === id);
  if (!found) throw new Error(`there is no mutant ${id}; there are ${mutants.map((m) => m.id).join(', ')}`);
  return found;
}
