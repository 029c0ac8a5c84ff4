import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/slow/**/*.test.ts'], pool: 'threads', maxWorkers: '100%', testTimeout: 180_000 },
});
