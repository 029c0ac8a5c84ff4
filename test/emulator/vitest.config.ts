import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/emulator/**/*.test.ts'],
    pool: 'threads',
    // One emulator, one account: one file at a time.
    fileParallelism: false,
    // Each test stands on the one before it.
    bail: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
