// `gatemedic causes`: the catalogue of what can be wrong, for a person at a terminal. From the same entries as docs/causes.md.
import { distance } from 'fastest-levenshtein';
import { causes as catalogue } from '../causes/index.ts';
import { fixes } from '../fixes/index.ts';
import type { StageRef } from '../model/api.ts';
import type { Cause, Clue } from '../model/cause.ts';
import { kindOfLog } from '../model/kinds/log.ts';
import { CommandError } from './command-error.ts';
import { exits, type Command } from './command.ts';
import { lookAlikes } from './look-alikes.ts';
import { readOptions } from './options.ts';
import { block, hanging, kindWords, styled, type Paper } from './paper.ts';

const help = `
gatemedic causes [<id>] [--json]

Every cause it can tell, one a line; or all about one: what it is, how it is told, what else it looks like, what mends it.

  --json   for machines: an array, or one object
`;

export const causesCommand: Command = {
  help: help.trimStart(),
  async run(args, { terminal }) {
    const { flags, rest } = readOptions(args, { json: 'boolean' }, 'causes');
    const [id, more] = rest;
    if (more !== undefined) throw new CommandError(`give one cause at a time; ${JSON.stringify(more)} is a second one`);
    const json = flags.has('json');
    if (id === undefined) await terminal.print(json ? `${JSON.stringify(catalogue.map(brief))}\n` : overview(terminal));
    else await terminal.print(json ? `${JSON.stringify(whole(byId(id)))}\n` : described(byId(id), terminal));
    return exits.found;
  },
};

function byId(id: string): Cause {
  const found = catalogue.find((c) => c.id === id);
  if (found) return found;
  const near = catalogue.map((c) => c.id).toSorted((a, b) => farness(a, id) - farness(b, id));
  throw new CommandError(`unknown cause ${JSON.stringify(id)}; near it: ${near.slice(0, 3).join(', ')}; gatemedic causes names all`);
}

/** To the whole id, or to the nearest word of it. */
const farness = (known: string, asked: string): number => Math.min(...[known, ...known.split('-')].map((part) => distance(part, asked)));

const brief = ({ id, title }: Cause) => ({ id, title });

/** Stands for any stage where advice names one. */
const anyStage: StageRef = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: '{api}', stage: '{stage}' };

const whole = (cause: Cause) => ({
  ...brief(cause),
  ...cause.about,
  looksAt: cause.looksAt,
  looksLike: lookAlikes(cause, catalogue),
  explains: cause.explains ?? [],
  advice: cause.advice(undefined, anyStage),
  fixes: fixes.filter((f) => f.treats.includes(cause.id)).map((f) => f.id),
});

/** One line a cause: its id, and its title under the same column. */
export function overview(paper: Paper, causes: readonly Cause[] = catalogue): string {
  const wide = Math.max(...causes.map((c) => c.id.length)) + 2;
  const lines = causes.flatMap((c) => hanging(paper, c.id.padEnd(wide), c.title));
  return `${lines.join('\n')}\n`;
}

export function described(cause: Cause, paper: Paper): string {
  const { id, looksLike, explains, advice, fixes: treating } = whole(cause);
  const text = (words: string): readonly string[] => hanging(paper, '  ', words);
  return `${[
    styled(paper, 'bold', `${id}: ${cause.title}`),
    ...block(paper, 'what it is', text(cause.about.is)),
    ...block(paper, 'how it is told', [
      ...text(cause.about.told),
      ...[...new Set(cause.clues.map(clueWords))].flatMap((clue) => hanging(paper, '  • ', clue, 'dim')),
    ]),
    ...block(paper, 'with stage logging off', text(cause.about.withoutLogs)),
    ...block(
      paper,
      'what else it looks like',
      looksLike.flatMap(({ id: other, by }) => hanging(paper, '  • ', `${other}: both show ${[...new Set(by)].slice(0, 2).join(' and ')}`)),
    ),
    ...block(
      paper,
      'what it brings about',
      explains.flatMap((other) => hanging(paper, '  • ', other)),
    ),
    ...block(paper, 'what mends it', [
      ...text(advice.summary),
      ...advice.steps.flatMap((step, n) => hanging(paper, `  ${n + 1}. `, step)),
      ...(treating.length === 0 ? [] : text(`Gatemedic can do it itself: ${treating.join(', ')}.`)),
    ]),
  ].join('\n')}\n`;
}

function clueWords(clue: Clue): string {
  if (clue.kind === 'shape') return `${clue.title} (${kindWords(clue.in)})`;
  const gates = [...new Map(clue.gates.map((gate) => [gate.trim().toLowerCase(), gate.trim()])).values()];
  const shown = gates.slice(0, 4).map((gate) => `"${gate}"`);
  return `a line with ${shown.join(' or ')}${gates.length > shown.length ? ' …' : ''} (${clue.in.map((log) => kindWords(kindOfLog[log])).join(', ')})`;
}
