// Mutation test of the safety code: one thing at a time is left out, and the simulation and the unit tests must see it. `npm run mutants` runs
// them all and rewrites docs/safety-tests.md; `-- --only <words>` those whose name holds the words, `-- --sample N` every so many: then their rows.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { frozen } from '../test/simulation/template.ts';
import { templateOfAll } from '../test/simulation/shop.ts';
import { mutants } from '../test/simulation/mutants/index.ts';
import { patched, type Mutant } from '../test/simulation/mutants/mutant.ts';
import { fatesIn, page, type Fate } from './mutants/page.ts';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    sample: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
/** The tests that stand nearest to a file, those that are quick. */
const nearest: readonly (readonly [string, readonly string[]])[] = [
  ['lib/model/change', ['test/fixes']],
  ['lib/guards/', ['test/guards', 'test/stages/decide']],
  ['lib/stages/weighing/', ['test/stages/decide', 'test/stages/gone', 'test/stages/reach', 'test/fixes']],
  ['lib/stages/answer', ['test/stages/answer', 'test/attacks']],
  ['lib/stages/changing/proof-time', ['test/stages/prove']],
  ['lib/stages/changing/', ['test/stages/shift', 'test/stages/carry-out', 'test/stages/ours', 'test/stages/undo', 'test/stages/lease-end']],
  ['lib/journal/', ['test/journal', 'test/stages/carry-out', 'test/stages/lease-end']],
  ['lib/settings/', ['test/settings']],
  ['lib/stages/prove', ['test/stages/prove']],
  ['lib/stages/sweep', ['test/stages/sweep', 'test/stages/undo']],
  ['lib/stages/upkeep/', ['test/stages/sweep', 'test/stages/undo']],
  ['lib/stages/opening/', ['test/stages/intake']],
  ['lib/messages/', ['test/messages', 'test/stages/answer']],
];
const unitsOf = ({ file }: Mutant): readonly string[] =>
  nearest.find(([start]) => file.startsWith(start))?.[1] ?? ['test/stages', 'test/guards', 'test/journal'];
/** Every fix, crashed at every place: minutes. */
const laws = ['test/laws/fix'];

function chosen(): readonly Mutant[] {
  const { only, sample } = values;
  const some = only === undefined ? mutants : mutants.filter((m) => m.id.includes(only));
  const every = Number(sample ?? 1);
  return some.filter((_, n) => n % every === 0);
}

const template = `${root}.tmp/mutants/template.json`;
mkdirSync(`${root}.tmp/mutants`, { recursive: true });
writeFileSync(template, JSON.stringify(frozen(templateOfAll())));

interface Ran {
  readonly code: number;
  readonly out: string;
}
const run = (args: readonly string[], mutant: Mutant | undefined): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...(mutant ? { GATEMEDIC_PATCH: JSON.stringify(mutant) } : {}), NO_COLOR: '1' };
    const child = spawn(process.execPath, [...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => void (out += data.toString()));
    child.on('close', (code) => resolve({ code: code ?? 1, out }));
  });

const simulated = (mutant: Mutant | undefined): Promise<Ran> =>
  run(['--import', './scripts/mutants/hook.ts', 'scripts/mutants/worlds.ts', template, values.worlds, values.seed], mutant);
const tested = (mutant: Mutant, files: readonly string[]): Promise<Ran> =>
  run(['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/mutants/vitest.config.ts', '--bail', '1', ...files], mutant);

async function fateOf(mutant: Mutant): Promise<Fate> {
  patched(mutant);
  const worlds = await simulated(mutant);
  const law = /✗ ([\w-]+): (.{0,160})/.exec(worlds.out);
  if (worlds.code !== 0)
    return { mutant, by: 'simulation', how: law ? `${law[1]}: ${law[2]}` : (worlds.out.trim().split('\n').at(-1)?.slice(0, 160) ?? '') };
  const unit = [await tested(mutant, unitsOf(mutant))];
  if (unit[0]?.code === 0) unit.push(await tested(mutant, laws));
  const last = unit.at(-1);
  if (!last || last.code === 0) return { mutant, by: 'survived', how: '' };
  const failed = / FAIL {2}(.{0,200})/.exec(last.out)?.[1] ?? last.out.trim().split('\n').at(-1) ?? '';
  return { mutant, by: 'tests', how: failed.replace(/^.*?(test\/)/, '$1') };
}

const calm = await simulated(undefined);
if (calm.code !== 0) throw new Error(`the worlds break a law without any mutant:\n${calm.out}`);
const left = [...chosen()];
const fates: Fate[] = [];
async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const fate = await fateOf(next);
    fates.push(fate);
    console.log(
      `${fate.by.padEnd(10)} ${fate.mutant.id}${fate.how ? `  (${fate.how})` : ''}${next.equivalent && fate.by === 'survived' ? `  [${next.equivalent}]` : ''}`,
    );
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
const path = `${root}docs/safety-tests.md`;
const ran = new Set(fates.map((f) => f.mutant.id));
const known = existsSync(path) ? fatesIn(readFileSync(path, 'utf8'), mutants).filter((f) => !ran.has(f.mutant.id)) : [];
const order = new Map(mutants.map((m, n) => [m.id, n]));
const all = [...known, ...fates].toSorted((a, b) => (order.get(a.mutant.id) ?? 0) - (order.get(b.mutant.id) ?? 0));
const text = page(all, Number(values.worlds));
console.log(`\n${text.split('\n').slice(0, 8).join('\n')}`);
// half a score is none
if (all.length === mutants.length) writeFileSync(path, text);
else console.log(`docs/safety-tests.md is not written: ${all.length} of ${mutants.length} mutants have been run`);
process.exitCode = fates.some((f) => f.by === 'survived' && f.mutant.equivalent === undefined) ? 1 : 0;
