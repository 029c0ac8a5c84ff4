// `--save`: what was seen, as a recorded case that `--input` reads back to the same verdict. Answers were redacted before anybody saw them.
import { writeCase } from '../aws/recorded.ts';
import type { Edges } from './command.ts';
import { fileTrouble } from './file-trouble.ts';
import type { Looked } from './look.ts';

export async function saveCase(path: string, id: string, looked: Looked, { files, terminal }: Edges): Promise<void> {
  try {
    await files.write(path, `${writeCase({ id, ...looked })}\n`);
  } catch (error) {
    throw fileTrouble(path, error);
  }
  terminal.say(`saved ${path}: secrets are taken out, names and ids are not; gatemedic diagnose --input ${path} reads it`);
}
