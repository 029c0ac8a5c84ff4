// Loaded before everything else: the module that the mutant names is read as if it were written without the one thing.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

/** As data: the list of mutants imports the very catalogues that are mutated. */
const patch = process.env['GATEMEDIC_PATCH'];
if (patch !== undefined) {
  const { find, put, file } = JSON.parse(patch) as { find: string; put: string; file: string };
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('file:') || fileURLToPath(url.split('?')[0] ?? url) !== path) return next(url, context);
      const source = stripTypeScriptTypes(readFileSync(path, 'utf8').split(find).join(put));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}
