#!/usr/bin/env node
// The command line: reads arguments, builds a world, calls one thing. Each command is loaded only when it is asked for.
import { defineCommand, runCommand } from 'citty';
import { CommandError } from '../lib/demo/command-error.ts';

const main = defineCommand({
  meta: { name: 'gatemedic', description: 'Mends 5xx bursts of AWS API Gateway.' },
  subCommands: {
    demo: () => import('../lib/demo/command.ts').then((m) => m.demo),
    'slack-manifest': () => import('../lib/demo/manifest-command.ts').then((m) => m.slackManifestCommand),
  },
});

const commands = ['demo', 'slack-manifest'];

/** Exit 2 is "asked for wrongly": one clear line, no stack trace. A bug keeps its stack. */
try {
  const [name] = process.argv.slice(2);
  if (!name || name === 'help' || name === '--help' || name === '-h') {
    console.log(
      `gatemedic <command>\n\n  demo             a sandbox account in the browser, or one scenario with --headless --scenario <id>\n  slack-manifest   the Slack app's manifest for --url <receiver's URL>\n\ngatemedic <command> --help tells more`,
    );
    process.exitCode = name ? 0 : 2;
  } else if (!commands.includes(name)) {
    throw new CommandError(`unknown command ${JSON.stringify(name)}; there are ${commands.join(', ')}`);
  } else {
    await runCommand(main, { rawArgs: process.argv.slice(2) });
  }
} catch (error) {
  if (!(error instanceof CommandError) && (error as { code?: string }).code !== 'EARG') throw error;
  console.error(`gatemedic: ${(error as Error).message}`);
  process.exitCode = 2;
}
