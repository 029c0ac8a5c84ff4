// Writes docs/causes.md and docs/fixes.md from the catalogues, so that they cannot say something else than the code; a test fails when
// they are stale.
import { writeFileSync } from 'node:fs';
import { causesDoc } from './docs/causes.ts';
import { fixesDoc } from './docs/fixes.ts';

/** Every written document by its file in docs/. */
export const written: Readonly<Record<string, () => string>> = { 'causes.md': causesDoc, 'fixes.md': fixesDoc };

if (import.meta.main)
  for (const [file, text] of Object.entries(written)) writeFileSync(new URL(`../docs/${file}`, import.meta.url), text());
