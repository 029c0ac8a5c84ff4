#!/usr/bin/env node
// The command line: reads arguments, builds a world, calls one thing. Each command is loaded only when it is asked for.
import { stripVTControlCharacters } from 'node:util';
import { defineCommand, renderUsage, runCommand, type CommandDef } from 'citty';
import { CommandError } from '../lib/demo/command-error.ts';

/** Each command's options are of its own shape; here they are only run and shown. */
const subCommands: Readonly<Record<string, () => Promise<CommandDef>>> = {
  demo: () => import('../lib/demo/command.ts').then((m) => m.demo as unknown as CommandDef),
  'slack-manifest': () => import('../lib/demo/manifest-command.ts').then((m) => m.slackManifestCommand as unknown as CommandDef),
};
const commands = Object.keys(subCommands);
const main = defineCommand({ meta: { name: 'gatemedic', description: 'Mends 5xx bursts of AWS API Gateway.' }, subCommands });
const asksForHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h');

/** Exit 2 is "asked for wrongly": one clear line, no stack trace. A bug keeps its stack. */
try {
  const [name, ...rest] = process.argv.slice(2);
  const sub = name !== undefined && commands.includes(name) ? subCommands[name] : undefined;
  if (!name || name === 'help' || name === '--help' || name === '-h') {
    console.log(
      `gatemedic <command>\n\n  demo             a sandbox account in the browser, or one scenario with --headless --scenario <id>\n  slack-manifest   the Slack app's manifest for --url <receiver's URL>\n\ngatemedic <command> --help tells more`,
    );
    process.exitCode = name ? 0 : 2;
  } else if (!sub) {
    throw new CommandError(`unknown command ${JSON.stringify(name)}; there are ${commands.join(', ')}`);
  } else if (asksForHelp(rest)) {
    const usage = await renderUsage(await sub(), main);
    console.log(process.stdout.isTTY ? usage : stripVTControlCharacters(usage));
  } else {
    await runCommand(main, { rawArgs: process.argv.slice(2) });
  }
} catch (error) {
  if (!(error instanceof CommandError) && (error as { code?: string }).code !== 'EARG') throw error;
  console.error(`gatemedic: ${(error as Error).message}`);
  process.exitCode = 2;
}
