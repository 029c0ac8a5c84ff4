// Builds the Lambda functions: one esbuild run over functions/*.ts into dist/, which is the asset of every function (handler `<duty>.handler`).
// ESM, split and minified with the SDK bundled: the fastest cold start measured. The stack only points here; nothing is bundled at synth.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

/** Bolt's Lambda receiver never reaches these: they are most of its size and start-up. */
const unreached = ['@slack/socket-mode', '@slack/oauth', 'express', 'raw-body'];

/** Where a CommonJS package in an ESM bundle finds `require`. */
const banner = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export const options = {
  entryPoints: readdirSync(`${root}functions`)
    .filter((f) => f.endsWith('.ts'))
    .map((f) => `${root}functions/${f}`),
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  banner: { js: banner },
  alias: Object.fromEntries(unreached.map((name) => [name, `${root}scripts/unreached.ts`])),
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

export interface Bundle {
  /** Its entry and everything it imports at start, in bytes and files. */
  readonly bytes: number;
  readonly files: number;
}

/** Builds into a clean `outdir`. Returns what each function loads at start, without what it loads lazily. */
export async function buildBundles(outdir: string): Promise<Readonly<Record<string, Bundle>>> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({ ...options, outdir, entryPoints: [...options.entryPoints], mainFields: [...options.mainFields] });
  const files = metafile.outputs;
  const start = (path: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const i of files[path]?.imports ?? []) if (i.kind === 'import-statement' && !i.external) start(i.path, seen);
    return seen;
  };
  const bundleOf = (loaded: ReadonlySet<string>): Bundle => ({
    bytes: [...loaded].reduce((sum, p) => sum + (files[p]?.bytes ?? 0), 0),
    files: loaded.size,
  });
  const entries = Object.entries(files).flatMap(([path, file]) => (file.entryPoint?.startsWith('functions/') ? [path] : []));
  return Object.fromEntries(entries.map((path) => [nameOf(path), bundleOf(start(path))]));
}

/** Builds into a clean `outdir`. Returns bytes by function, without what it loads lazily. */
export async function buildFunctions(outdir: string = dist): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(Object.entries(await buildBundles(outdir)).map(([name, { bytes }]) => [name, bytes]));
}

const nameOf = (path: string): string =>
  path
    .split('/')
    .at(-1)
    ?.replace(/\.mjs$/, '') ?? path;
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`.padStart(9);

if (import.meta.main) {
  const sizes = await buildFunctions();
  for (const [name, bytes] of Object.entries(sizes)) console.log(`${kilobytes(bytes)}  ${name}`);
  const all = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  console.log(`${kilobytes(all.reduce((sum, f) => sum + statSync(`${f.parentPath}/${f.name}`).size, 0))}  dist, ${all.length} files`);
}
