#!/usr/bin/env node
// The command line: reads arguments, builds the edges, runs one command. Each command is loaded only when it is asked for, and compiled
// code is kept by Node, so that an answer at 3 a.m. starts at once.
import { enableCompileCache } from 'node:module';
import type { Command } from '../lib/command/command.ts';
import { CommandError } from '../lib/command/command-error.ts';

enableCompileCache();

interface Entry {
  readonly says: string;
  load(): Promise<Command>;
}
const commands: Readonly<Record<string, Entry>> = {
  diagnose: {
    says: 'names the cause of 5xx answers: of a live stage (read-only), or of recorded cases (--input)',
    load: async () => (await import('../lib/command/diagnose.ts')).diagnose,
  },
  incidents: {
    says: 'what is open and what was lately in an installation: what is asked, what stands changed, until when Undo is offered',
    load: async () => (await import('../lib/command/incidents.ts')).incidents,
  },
  approve: {
    says: 'approves what an incident asks, without Slack: shown, asked, signed with your AWS credentials',
    load: async () => (await import('../lib/command/order.ts')).approve,
  },
  dismiss: { says: 'dismisses what an incident asks', load: async () => (await import('../lib/command/order.ts')).dismiss },
  undo: { says: 'takes a change back', load: async () => (await import('../lib/command/order.ts')).undo },
  keep: { says: 'keeps a leased change for good', load: async () => (await import('../lib/command/order.ts')).keep },
  settle: { says: 'says that a stuck change was set by hand', load: async () => (await import('../lib/command/order.ts')).settle },
  replay: {
    says: 'what mode act would have done about each incident, or recorded case, and why not',
    load: async () => (await import('../lib/command/replay.ts')).replay,
  },
  causes: {
    says: 'every cause it can tell: what it is, how it is told, what else it looks like, what mends it',
    load: async () => (await import('../lib/command/causes.ts')).causesCommand,
  },
  demo: {
    says: 'a sandbox account in the browser, or one scenario with --headless --scenario <id>',
    load: async () => (await import('../lib/demo/as-command.ts')).demoCommand(),
  },
  'slack-manifest': {
    says: "the Slack app's manifest for --url <receiver's URL>",
    load: async () => (await import('../lib/demo/as-command.ts')).manifestCommand(),
  },
};

const help = [
  'gatemedic <command>',
  '',
  ...Object.entries(commands).map(([name, { says }]) => `  ${name.padEnd(16)} ${says}`),
  '',
  'gatemedic <command> --help tells more; gatemedic --version the version',
].join('\n');

const asksForHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h');

async function run([name, ...rest]: readonly string[]): Promise<number> {
  const { processEdges } = await import('../lib/live/process-edges.ts');
  const edges = processEdges(process);
  if (name === '--version' || name === '-v' || name === 'version') {
    await edges.terminal.print(`gatemedic ${await versionOf()}\n`);
    return 0;
  }
  if (!name || name === 'help' || name === '--help' || name === '-h') {
    await edges.terminal.print(`${help}\n`);
    return name ? 0 : 2;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) throw new CommandError(`unknown command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(', ')}`);
  const command = await entry.load();
  if (!asksForHelp(rest)) return command.run(rest, edges);
  await edges.terminal.print(`${command.help.trimEnd()}\n`);
  return 0;
}

async function versionOf(): Promise<string> {
  const { default: own } = await import('../package.json', { with: { type: 'json' } });
  return own.version;
}

/** Exit 2 is "asked for wrongly": one clear line, no stack trace. A bug keeps its stack, and an exit code of its own (sysexits: EX_SOFTWARE). */
try {
  const code = await run(process.argv.slice(2));
  if (code !== 0) process.exitCode = code;
} catch (error) {
  const asked = error instanceof CommandError || (error as { code?: string }).code === 'EARG';
  console.error(asked ? `gatemedic: ${(error as Error).message}` : error);
  process.exitCode = asked ? 2 : 70;
}
