// What a forger would write to make Gatemedic believe in a cause: the cause's own lines, as the tests of the clues have them, and the bare
// words that its patterns look for.
import { readdirSync } from 'node:fs';
import { causes } from '../../lib/causes/index.ts';
import type { LinesByCause } from './lines.ts';

const rooms = readdirSync(new URL('lines/', import.meta.url));
const known = await Promise.all(
  rooms.map(async (file) => ((await import(`./lines/${file.replace('.ts', '')}.ts`)) as { lines: LinesByCause }).lines),
);

export const textsOf = (id: string): readonly string[] => {
  const written = known.flatMap((lines) => (lines[id]?.is ?? []).map(([, text]) => text));
  const gates = causes.filter((c) => c.id === id).flatMap((c) => c.clues.flatMap((clue) => (clue.kind === 'line' ? clue.gates : [])));
  return [...new Set([...written, ...gates.map((gate) => `Execution failed due to configuration error: ${gate}`), ...gates])];
};
