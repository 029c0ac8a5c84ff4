// Writes docs/causes.md, docs/commands.md, docs/diagnose.md and docs/fixes.md from the catalogues and the command line, so that they cannot say something
// else than the code; a test fails when they are stale.
import { writeFileSync } from 'node:fs';
import { causesDoc } from './docs/causes.ts';
import { commandsDoc } from './docs/commands.ts';
import { diagnoseDoc } from './docs/diagnose.ts';
import { fixesDoc } from './docs/fixes.ts';

/** Every written document by its file in docs/. */
export const written: Readonly<Record<string, () => string | Promise<string>>> = {
  'causes.md': causesDoc,
  'commands.md': commandsDoc,
  'diagnose.md': diagnoseDoc,
  'fixes.md': fixesDoc,
};

if (import.meta.main)
  for (const [file, text] of Object.entries(written)) writeFileSync(new URL(`../docs/${file}`, import.meta.url), await text());
