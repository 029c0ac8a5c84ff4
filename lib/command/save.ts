// `--save`: what was seen, as a recorded case that `--input` reads back to the same verdict. Answers were redacted before anybody saw them.
import type { Edges } from './command.ts';
import type { Looked } from './look.ts';

export async function saveCase(path: string, looked: Looked, { files, terminal }: Edges): Promise<void> {
  await files.write(path, JSON.stringify({ id: looked.at.apiId }));
  terminal.say(`saved ${path}`);
}
