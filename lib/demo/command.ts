// `gatemedic demo`: the page, or one scenario without a browser.
import { defineCommand } from 'citty';
import { distance } from 'fastest-levenshtein';
import { CommandError } from '../command/command-error.ts';
import { scenarios } from './scenarios/index.ts';
import { persons, type Person, type Scenario } from './scenarios/scenario.ts';

export const demo = defineCommand({
  meta: { name: 'demo', description: 'A sandbox AWS account with Gatemedic in it, in the browser; or one scenario with --headless.' },
  args: {
    headless: { type: 'boolean', description: 'no browser, no real waiting: one JSON object a line', default: false },
    scenario: { type: 'string', description: 'the scenario to run (with --headless); --list names them' },
    person: { type: 'string', description: `what the person in Slack does: ${persons.join(', ')}`, default: 'silent' },
    logs: {
      type: 'boolean',
      description: 'stage logging is on',
      negativeDescription: 'stage logging is off: alarms, metrics and configuration only',
      default: true,
    },
    seed: { type: 'string', description: 'the seed of all chance in the run', default: '1' },
    list: { type: 'boolean', description: 'names the scenarios', default: false },
    port: { type: 'string', description: "the page's port; 0 takes a free one", default: '0' },
    speed: { type: 'string', description: 'how many times faster than real time', default: '20' },
  },
  async run({ args }) {
    if (args.list) return console.log(scenarios.map((s) => `${s.id.padEnd(32)}${s.title}`).join('\n'));
    if (args.headless) return runHeadless(scenarioOf(args.scenario), personOf(args.person), args.logs, wholeNumber('--seed', args.seed));
    const { serveDemo } = await import('./server.ts');
    const { address } = await serveDemo({
      port: wholeNumber('--port', args.port),
      speed: wholeNumber('--speed', args.speed),
      seed: wholeNumber('--seed', args.seed),
      logs: args.logs,
    });
    console.log(`gatemedic demo: ${address}`);
  },
});

async function runHeadless(scenario: Scenario, person: Person, logs: boolean, seed: number): Promise<void> {
  const { runScenario } = await import('./headless.ts');
  const { problems } = await runScenario(scenario, { person, logs, seed }, (line) => console.log(JSON.stringify(line)));
  for (const problem of problems) console.error(`gatemedic: ${scenario.id}: ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function scenarioOf(id: string | undefined): Scenario {
  const found = scenarios.find((s) => s.id === id);
  if (found) return found;
  if (!id) throw new CommandError(`--headless needs --scenario <id>; --list names them`);
  const near = scenarios.map((s) => s.id).toSorted((a, b) => distance(a, id) - distance(b, id));
  throw new CommandError(`unknown scenario ${JSON.stringify(id)}; near it: ${near.slice(0, 3).join(', ')}; --list names all`);
}

function personOf(name: string): Person {
  const found = persons.find((p) => p === name);
  if (!found) throw new CommandError(`--person is ${JSON.stringify(name)}; one of ${persons.join(', ')}`);
  return found;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CommandError(`${name} is ${JSON.stringify(text)}; give a whole number from 0`);
  return Number(text);
}
