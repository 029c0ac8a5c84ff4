import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/simulation/worlds.test.ts', 'test/simulation/seen.test.ts'],
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 300_000,
  },
});
