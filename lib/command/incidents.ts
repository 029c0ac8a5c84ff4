// `gatemedic incidents`: what is open, what was lately, and what may be ordered of it. Reads the installation's table, nothing else.
import { CommandError } from './command-error.ts';
import { exits, type Command, type Edges } from './command.ts';
import { reach, reading, readWhere, whereHelp, type Reached } from './installation.ts';
import { spanOf } from './since.ts';
import { standingLines } from './standing-page.ts';
import { changesOf, incidentsSince, incidentsWithOpenChanges } from './standing-rows.ts';
import { isOpen, standingOf, type Standing } from './standing.ts';

const help = `
gatemedic incidents [--since 24h] [--open]

Open and recent incidents of the installation: what each asks, what stands changed, until when Undo is offered, and the command for it.
Changes that may still be taken back, kept or settled are shown however old they are.

  --since <span>   how far back closed ones are shown: 24h (as said nothing), 30m, 7d, at most 90d
  --open           only those that are open or offer something
${whereHelp}

Exits 0; 2 for no access.
`;

export const incidents: Command = {
  help: help.trimStart(),
  async run(args, edges) {
    const options = readWhere(args, 'incidents', { since: 'string', open: 'boolean' });
    if (options.rest.length > 0)
      throw new CommandError(`${JSON.stringify(options.rest[0])} belongs to no option; gatemedic incidents shows all`);
    const since = spanOf(options.texts['since'] ?? '24h');
    const reached = await reach(options, edges);
    const all = await reading(reached, () => standings(reached, edges.now(), since));
    const shown = options.flags.has('open') ? all.filter(isOpen) : all;
    await print(shown, options.flags.has('json'), edges);
    return exits.found;
  },
};

/** Those that want something first, newest first. */
async function standings({ store, undoWindowMs }: Reached, now: number, sinceMs: number): Promise<readonly Standing[]> {
  const [recent, older] = await Promise.all([incidentsSince(store, now - sinceMs), incidentsWithOpenChanges(store)]);
  const known = new Set(recent.map((i) => i.id));
  const found = [...recent, ...older.filter((i) => !known.has(i.id))];
  const each = await Promise.all(found.map(async (i) => standingOf(i, await changesOf(store, i), { now, undoWindowMs })));
  return each.toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)));
}

async function print(all: readonly Standing[], json: boolean, { terminal, now }: Edges): Promise<void> {
  if (json) return terminal.print(all.map((s) => `${JSON.stringify(s)}\n`).join(''));
  if (all.length === 0) return terminal.print('no incident is open, and none was in this time\n');
  await terminal.print(`${all.map((s) => standingLines(s, terminal, now()).join('\n')).join('\n\n')}\n`);
}
