// How the tests run: two projects, so that only the file that swaps modules pays for a worker of its own; whole stories first, so that no core idles at the end.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Puts other modules in the place of the catalogues: no other test may meet them. */
const alone = 'test/stack/roles.test.ts';

/** Thousands of worlds: a suite of their own. */
const simulation = ['test/simulation/worlds.test.ts', 'test/simulation/seen.test.ts'];

class StoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = (file: TestSpecification): number => Number(!/\/test\/(?:demo|laws)\//.test(file.moduleId));
    return (await super.sort(files)).toSorted((a, b) => rest(a) - rest(b));
  }
}

export default defineConfig({
  test: {
    pool: 'threads',
    // By itself vitest leaves a core to the machine: of two, that is half.
    maxWorkers: '100%',
    sequence: { sequencer: StoriesFirst },
    testTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ['test/emulator/**', 'test/browser/**', 'test/slow/**', ...simulation, 'node_modules/**', alone],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: [alone] } },
    ],
  },
});
