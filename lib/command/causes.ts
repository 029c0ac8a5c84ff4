// placeholder
import type { Command } from './command.ts';
export const causesCommand: Command = { help: '', run: async () => 0 };
