// Runs scenarios and holds their ends: what each must come to stands in lib/demo/scenarios, nothing is said again here.
import { expect, test } from 'vitest';
import { runScenario, type Line } from '../../lib/demo/headless.ts';
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import type { Person, Scenario } from '../../lib/demo/scenarios/scenario.ts';
import type { Summary } from '../../lib/demo/summary.ts';

export interface Ended {
  readonly summary: Summary;
  readonly problems: readonly string[];
  readonly lines: readonly Line[];
}

export async function run(scenario: Scenario, person: Person, logs: boolean, seed = 1): Promise<Ended> {
  const lines: Line[] = [];
  const { summary, problems } = await runScenario(scenario, { person, logs, seed }, (line) => lines.push(line as Line));
  return { summary, problems, lines };
}

export const named = (id: string): Scenario => {
  const found = scenarios.find((s) => s.id === id);
  if (!found) throw new Error(`no scenario ${id}`);
  return found;
};

/** One test a scenario and person. */
export function holds(list: readonly Scenario[], person: Person, logs: boolean): void {
  for (const scenario of list) {
    test(`${scenario.id} · ${person}${logs ? '' : ' · no logs'}`, async () => {
      expect((await run(scenario, person, logs)).problems).toEqual([]);
    });
  }
}
