// Every mutant still fits the code it mutates, exactly once: `npm run mutants` says what sees each.
import { expect, test } from 'vitest';
import { mutants } from './mutants/index.ts';
import { patched } from './mutants/mutant.ts';

test('each patch fits exactly once, and each name is one', () => {
  expect(new Set(mutants.map((m) => m.id)).size).toBe(mutants.length);
  for (const mutant of mutants) expect(() => patched(mutant), mutant.id).not.toThrow();
});
