// The demo's commands as the command line runs them: their options are read and their help is written by citty.
import { stripVTControlCharacters } from 'node:util';
import { defineCommand, renderUsage, runCommand, type ArgsDef, type CommandDef } from 'citty';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/command-error.ts';

const parent = defineCommand({ meta: { name: 'gatemedic' } });

export const demoCommand = async (): Promise<Command> => await import('./command.ts').then((m) => wrapped('demo', m.demo));
export const manifestCommand = async (): Promise<Command> =>
  import('./manifest-command.ts').then((m) => wrapped('slack-manifest', m.slackManifestCommand));

async function wrapped<A extends ArgsDef>(name: string, def: CommandDef<A>): Promise<Command> {
  // Each command's options are of its own shape; here they are only run and shown.
  const any = def as unknown as CommandDef;
  return {
    help: stripVTControlCharacters(await renderUsage(any, parent)),
    async run(args) {
      refuseUnknown(name, Object.keys(def.args ?? {}), args);
      await runCommand(any, { rawArgs: [...args] });
      return 0;
    },
  };
}

/** citty takes any option; a misspelt one must not be ignored. */
function refuseUnknown(name: string, known: readonly string[], args: readonly string[]): void {
  const given = args.flatMap((arg) => /^--(?:no-)?([a-zA-Z][\w-]*)/.exec(arg)?.[1] ?? []);
  const odd = given.find((option) => !known.includes(option) && !known.includes(`no-${option}`));
  if (odd !== undefined)
    throw new CommandError(
      `unknown option "--${odd}"; there are ${known.map((k) => `--${k}`).join(', ')} (gatemedic ${name} --help tells more)`,
    );
}
