// The score as a page: docs/safety-tests.md.
import type { Mutant } from '../../test/simulation/mutants/mutant.ts';

export interface Fate {
  readonly mutant: Mutant;
  readonly by: 'simulation' | 'tests' | 'survived';
  readonly how: string;
}

const cell = (text: string): string => text.replaceAll('|', '¦').replaceAll('\n', ' ').slice(0, 150);
const row = ({ mutant, by, how }: Fate): string =>
  `| ${cell(mutant.id)} | ${by === 'survived' && mutant.equivalent ? 'nothing: the same work is done elsewhere' : by} | ${cell(by === 'survived' ? (mutant.equivalent ?? '') : how)} |`;

/** The fates that a page tells: a run of some mutants rewrites their rows and leaves the rest. */
export function fatesIn(text: string, mutants: readonly Mutant[]): readonly Fate[] {
  const rows = [...text.matchAll(/^\| (.+) \| (simulation|tests|survived|nothing: .*?) \| (.*) \|$/gm)];
  return rows.flatMap(([, id, by, how = '']): readonly Fate[] => {
    const mutant = mutants.find((m) => cell(m.id) === id);
    return mutant ? [{ mutant, by: by === 'simulation' || by === 'tests' ? by : 'survived', how }] : [];
  });
}

export function page(fates: readonly Fate[], worlds: number): string {
  const of = (by: Fate['by']): number => fates.filter((f) => f.by === by).length;
  const equivalent = fates.filter((f) => f.by === 'survived' && f.mutant.equivalent !== undefined).length;
  const counted = fates.length - equivalent;
  const killed = of('simulation') + of('tests');
  const percent = ((100 * killed) / Math.max(1, counted)).toFixed(1);
  return `# Do the safety tests see it when safety is missing?

Written by \`npm run mutants\`: one thing of the safety code is left out at a time, and the simulation (${worlds} worlds) and the fast tests must fail.
How the worlds are made, and what they leave out, stands in [architecture.md](architecture.md#sandbox-demo-tests).

**${killed} of ${counted} mutants are killed (${percent} %)**: ${of('simulation')} by the simulation alone, ${of('tests')} more by the laws and unit tests; ${fates.filter((f) => f.by === 'survived' && f.mutant.equivalent === undefined).length} survive. Beside them ${equivalent} change nothing that anybody could see, because the same work is done elsewhere.

| left out | seen by | how |
|---|---|---|
${fates.map(row).join('\n')}
`;
}
