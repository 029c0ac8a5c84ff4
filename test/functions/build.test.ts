// The bundles as Lambda loads them: one module a duty with a handler, small enough, needing no package, and nothing awaited while loading.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import { buildFunctions, options } from '../../scripts/build.ts';

/** Outside the project: a package left out of the bundles is not found from there. */
const outdir = mkdtempSync(join(tmpdir(), 'gatemedic-dist-'));
let sizes: Readonly<Record<string, number>> = {};

beforeAll(async () => {
  sizes = await buildFunctions(outdir);
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('there is a function for every duty, and no other', () => {
  expect(Object.keys(sizes).sort()).toEqual(duties.map((d) => d.id).sort());
});
test.each(duties.map((d) => d.id))('%s loads by itself and has a handler', async (id) => {
  const loaded = (await import(pathToFileURL(join(outdir, `${id}.mjs`)).href)) as { handler?: unknown };
  expect(loaded.handler).toBeTypeOf('function');
});
// 600 KB minified is about where a cold start passes 100 ms; a function that reaches it imports something it should load lazily. Who looks,
// decides and proves needs all the causes, collectors or fixes at once, and whoever proves the settings beside them; nobody waits for those.
const mostKb: Readonly<Record<string, number>> = { investigate: 850, decide: 850, prove: 900 };
test.each(duties.map((d) => d.id))('%s starts with no more than it needs', (id) => {
  expect(sizes[id]).toBeLessThan((mostKb[id] ?? 600) * 1024);
});
test('nothing is awaited while a module loads', async () => {
  // Our own code only, packages left out, for speed. A CommonJS bundle cannot hold a top-level await: esbuild refuses it and names the place.
  const { splitting: _splitting, outExtension: _extension, alias: _alias, ...rest } = options;
  await expect(
    build({
      ...rest,
      entryPoints: [...options.entryPoints],
      mainFields: [...options.mainFields],
      outdir,
      format: 'cjs',
      packages: 'external',
      banner: {},
      write: false,
      logLevel: 'silent',
    }),
  ).resolves.toMatchObject({ errors: [] });
}, 60_000);
