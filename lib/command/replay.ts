// `gatemedic replay`: what mode `act` would have done, and why not, incident by incident: of an installation's own history (kept as it decided), or
// of recorded cases (weighed now, by production's own plan and guards). Reads only.
import { CommandError } from './command-error.ts';
import { exits, type Command, type Edges, type Terminal } from './command.ts';
import { counted, judgedIncident, noneJudged, woulds, type Judged, type Summary, type Would } from './judged.ts';
import { reach, reading, readWhere, whereHelp } from './installation.ts';
import type { Options } from './options.ts';
import { hanging, styled, type Paper } from './paper.ts';
import { spanOf } from './since.ts';

const help = `
gatemedic replay [--since 30d]
gatemedic replay --input <case.json | cases.jsonl | ->

What an installation in mode act would have done about each incident: mended it unasked, asked, waited, advised; and which guards and
objections spoke against more. In mode observe and ask every decision keeps this beside it; a recorded case is weighed now, with the
default settings.

  --since <span>   how far back: 30d (as said nothing), 12h, at most 90d
  --input <file>   recorded cases instead of an installation; no network, no credentials
${whereHelp}

Exits 0; 2 for bad input or no access.
`;

export const replay: Command = {
  help: help.trimStart(),
  async run(args, edges) {
    const options = readWhere(args, 'replay', { since: 'string', input: 'string' });
    if (options.rest.length > 0)
      throw new CommandError(`${JSON.stringify(options.rest[0])} belongs to no option; did you mean --input ${options.rest[0] ?? ''}?`);
    const { input } = options.texts;
    const print = printer(options.flags.has('json'), edges.terminal);
    if (input === undefined) return ofTable(options, edges, print);
    const odd = ['since', 'region', 'table'].find((name) => name in options.texts);
    if (odd !== undefined) throw new CommandError(`--${odd} does not go with --input; leave one of them out`);
    const { replayInput } = await import('./replay-input.ts');
    const { sum, code } = await replayInput(input, edges, (judged) => print.one(judged));
    await print.sum(sum);
    return code;
  },
};

async function ofTable(options: Options, edges: Edges, print: Printer): Promise<number> {
  const since = spanOf(options.texts['since'] ?? '30d');
  const { changesOf, incidentsSince } = await import('./standing-rows.ts');
  const reached = await reach(options, edges);
  let sum = noneJudged;
  // a stage's incident that became part of an outage is told by its parent
  const all = (await reading(reached, () => incidentsSince(reached.store, edges.now() - since))).filter((i) => i.parentId === undefined);
  for (const incident of all.toReversed()) {
    const judged = judgedIncident(incident, await reading(reached, () => changesOf(reached.store, incident)));
    sum = counted(sum, judged);
    await print.one(judged);
  }
  await print.sum(sum);
  return exits.found;
}

interface Printer {
  one(judged: Judged): Promise<void>;
  sum(sum: Summary): Promise<void>;
}

const printer = (json: boolean, terminal: Terminal): Printer =>
  json
    ? {
        one: (judged) => terminal.print(`${JSON.stringify(judged)}\n`),
        sum: (sum) => terminal.print(`${JSON.stringify({ summary: sum })}\n`),
      }
    : {
        one: (judged) => terminal.print(`${lines(judged, terminal).join('\n')}\n\n`),
        sum: (sum) => terminal.print(`${summaryLine(sum, terminal)}\n`),
      };

const wouldWords: Readonly<Record<Would, { readonly says: string; readonly counts: string }>> = {
  unasked: { says: 'would be mended unasked', counts: 'would be mended unasked' },
  asked: { says: 'would be asked about', counts: 'asked' },
  waited: { says: 'would wait, and look again', counts: 'waited with' },
  advised: { says: 'would be advised on', counts: 'advised' },
  unknown: { says: 'unknown', counts: 'unknown' },
};

function lines(judged: Judged, paper: Paper): readonly string[] {
  const { id, stage, openedAt, cause, certainty, would, fix, changes, because, happened } = judged;
  const known = cause === 'unknown' ? 'cause unknown' : `${cause}, ${certainty}`;
  const date = openedAt === null ? '' : `${openedAt.slice(0, 16).replace('T', ' ')} UTC · `;
  return [
    ...hanging(paper, '', `${date}${stage} · ${known}`, 'bold'),
    ...hanging(paper, '  ', id, 'dim'),
    ...(would === 'unknown'
      ? []
      : hanging(paper, '  ', `${wouldWords[would].says}${fix === null ? '' : `: ${fix}`}`, would === 'unasked' ? 'green' : 'yellow')),
    ...changes.flatMap((text) => hanging(paper, '    • ', text)),
    ...because.flatMap((text) => hanging(paper, '    why not: ', text)),
    ...(happened === null ? [] : hanging(paper, '  what happened: ', happened, 'dim')),
  ];
}

function summaryLine(sum: Summary, paper: Paper): string {
  const all = woulds.reduce((n, would) => n + sum[would], 0);
  return styled(
    paper,
    'bold',
    `${all} ${all === 1 ? 'incident' : 'incidents'}: ${woulds.map((would) => `${sum[would]} ${wouldWords[would].counts}`).join(', ')}`,
  );
}
