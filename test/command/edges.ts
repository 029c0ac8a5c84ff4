// A command's edges in memory: what it prints and says, files by name, an account to look at.
import { diagnose } from '../../lib/command/diagnose.ts';
import { CommandError } from '../../lib/command/command-error.ts';
import type { Command, Edges, InstalledAccount, LiveAccount } from '../../lib/command/command.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly progress: readonly string[];
  readonly saved: Readonly<Record<string, string>>;
}
export interface Given {
  readonly files?: Readonly<Record<string, string | Uint8Array | AsyncIterable<Uint8Array>>>;
  readonly live?: (region: string | undefined) => LiveAccount;
  readonly installed?: (region: string | undefined) => InstalledAccount;
  /** What the person types when asked; nobody sits there where absent. */
  readonly types?: string;
  readonly now?: () => number;
  readonly columns?: number;
  readonly colour?: boolean;
}

/** Runs `gatemedic diagnose …` as bin/gatemedic.ts does, an error of the user's included. */
export const runDiagnose = (args: readonly string[], given: Given = {}): Promise<Ran> => runCommand(diagnose, args, given);

/** Any command, likewise. */
export async function runCommand(command: Command, args: readonly string[], given: Given = {}): Promise<Ran> {
  const told = { out: '', err: '', progress: [] as string[], saved: {} as Record<string, string> };
  try {
    const code = await command.run(args, edgesOf(given, told));
    return { code, ...told };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { ...told, code: 2, err: `${told.err}gatemedic: ${error.message}\n` };
  }
}

function edgesOf(given: Given, told: { out: string; err: string; progress: string[]; saved: Record<string, string> }): Edges {
  return {
    terminal: {
      print: async (text) => void (told.out += text),
      heard: () => true,
      say: (line) => void (told.err += `${line}\n`),
      progress: (line) => void (line !== undefined && told.progress.push(line)),
      ask: async (question) => {
        if (given.types === undefined) return undefined;
        told.err += `${question}${given.types}\n`;
        return given.types;
      },
      columns: given.columns ?? 100,
      colour: given.colour ?? false,
    },
    files: {
      read: (path) => chunks(given.files?.[path] ?? ''),
      write: async (path, text) => void (told.saved[path] = text),
    },
    live: async (region) => {
      if (!given.live) throw new Error('this test has no account');
      return given.live(region);
    },
    installed: async (region) => {
      if (!given.installed) throw new Error('this test has no installation');
      return given.installed(region);
    },
    now: given.now ?? (() => 0),
  };
}

async function* chunks(content: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof content === 'string') yield new TextEncoder().encode(content);
  else if (content instanceof Uint8Array) yield content;
  else yield* content;
}
