// The bench: prints one table after another and writes them to docs/bench.md. Ratios are to a floor of the same run; seconds, calls and
// dollars of stories are simulated and counted, and the same on every machine. Nothing here passes or fails.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { breakages } from '../lib/demo/breakages/index.ts';
import { scenarios } from '../lib/demo/scenarios/index.ts';
import { commandTable } from './bench/command.ts';
import { fixStories, fixTable } from './bench/fixes.ts';
import { intakeTable } from './bench/intake.ts';
import { idleTable, incidentTable, priceTable } from './bench/money.ts';
import { lookedAtTable, recordedTable, type LookedAt } from './bench/diagnosis.ts';
import { scenarioTables, type Told } from './bench/scenarios.ts';
import { startTable } from './bench/start.ts';
import { stormTable, type Storm } from './bench/storm.ts';
import { markdown, type Table } from './bench/table.ts';
import { together, type Task } from './bench/together.ts';
import type { Idle } from './bench/idle.ts';

const paths: readonly Told['path'][] = ['logs', 'alarms'];
/** The longest first. */
const tasks: readonly Task[] = [
  { do: 'storm' },
  { do: 'idle' },
  ...fixStories.map((id) => ({ do: 'fix' as const, id })),
  ...breakages.flatMap(({ id }) => [true, false].map((logs) => ({ do: 'look' as const, id, logs }))),
  ...scenarios.flatMap(({ id }) => paths.map((path) => ({ do: 'scenario' as const, id, path }))),
];

const head = [
  '<!-- Written by `npm run bench`; do not edit. -->',
  '# Bench',
  '',
  `The last run of \`npm run bench\`, on a machine of ${availableParallelism()} processors (${process.platform} ${process.arch}), Node ${process.version}. Ratios are to a floor of the same run on the same machine. Everything about stories is simulated: their seconds, calls and dollars do not depend on the machine.`,
  '',
].join('\n');

const written: string[] = [];
const show = (table: Table): void => {
  const text = markdown(table);
  written.push(text);
  console.log(text);
};

show(await intakeTable());
show(await startTable());
show(await commandTable());
show(await recordedTable());
const [storm, idle, ...rest] = await together(tasks, (left) => process.stderr.write(`\rstories left: ${left}  ${left === 0 ? '\n' : ''}`));
const fixed = rest.splice(0, fixStories.length) as Told[];
const looked = rest.splice(0, 2 * breakages.length) as LookedAt[];
const told = rest as Told[];
show(lookedAtTable(looked));
show(stormTable(storm as Storm));
show(fixTable(fixed));
for (const table of scenarioTables(told)) show(table);
show(incidentTable(told));
show(idleTable(idle as Idle));
show(priceTable());
writeFileSync(new URL('../docs/bench.md', import.meta.url), [head, ...written].join('\n'));
