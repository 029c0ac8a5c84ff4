// A mutant: one thing of the safety code that is not done any more. Named by what is missing; its patch must fit exactly once.
import { readFileSync } from 'node:fs';

export interface Mutant {
  readonly id: string;
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** Why no test can tell it from the real thing, where that is so: something else does the same work. */
  readonly equivalent?: string;
}

export const mutant = (id: string, file: string, find: string, put: string, equivalent?: string): Mutant => ({
  id,
  file,
  find,
  put,
  ...(equivalent === undefined ? {} : { equivalent }),
});

const root = new URL('../../../', import.meta.url);

/** The mutated source; throws where the patch does not fit exactly once, as it will when the code has moved on. */
export function patched({ id, file, find, put }: Mutant, source = readFileSync(new URL(file, root), 'utf8')): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`mutant ${id}: ${JSON.stringify(find)} stands ${parts.length - 1} times in ${file}; it must stand once`);
  return parts.join(put);
}
