// Builds the command line into build/: one file to start, the rest loaded as it is asked for, so that a diagnosis loads neither SDK nor CDK.
// Only aws-cdk-lib stays a package: the demo synthesises the real stack with it.
import { cpSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { options } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds into a clean `outdir`; answers the path of what is started. */
export async function buildCommand(outdir: string = `${root}build`): Promise<string> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...options,
    outdir,
    entryPoints: [`${root}bin/gatemedic.ts`],
    mainFields: [...options.mainFields],
    // beside the entry, as lib/demo/server.ts looks for its page beside itself
    chunkNames: '[name]-[hash]',
    external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
  });
  cpSync(`${root}lib/demo/public`, `${outdir}/public`, { recursive: true });
  return `${outdir}/gatemedic.mjs`;
}

if (import.meta.main) {
  const entry = await buildCommand();
  console.log(`${Math.round(statSync(entry).size / 1024)} KB`.padStart(9), ' gatemedic');
}
