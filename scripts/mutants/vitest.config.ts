// The fast tests on mutated code: the module that the mutant names is changed as it is loaded.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const {
  find = '',
  put = '',
  file = '',
} = JSON.parse(process.env['GATEMEDIC_PATCH'] ?? '{}') as { find?: string; put?: string; file?: string };
const root = fileURLToPath(new URL('../..', import.meta.url));
const path = `${root}${file}`;

export default defineConfig({
  root,
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (code, id) => (file !== '' && id.split('?')[0] === path ? code.split(find).join(put) : undefined),
    },
  ],
  test: {
    // a mutated module must never be found again by the next mutant
    fsModuleCache: false,
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 240_000,
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/emulator/**', 'test/browser/**'],
  },
});
