// The command line as a person starts it: fresh processes on recorded cases, from the build and from the checkout, with Node's cache of
// compiled code empty and full; and ten thousand cases in one run, with the most memory it took.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildCommand } from '../build-command.ts';
import { count, fixed, median, type Table } from './table.ts';

const runs = 9;
/** Wall milliseconds for one case, cold (issue 3). */
const goalMs = 300;
const many = 10_000;

/** Prints the largest resident set, in KB, when the process ends. */
const meter = `data:text/javascript,${encodeURIComponent("process.on('exit', () => process.stderr.write(`\\n${process.resourceUsage().maxRSS}`));")}`;

interface Took {
  readonly ms: number;
  readonly megabytes: number;
}

async function once(entry: string, file: string, cache: string): Promise<Took> {
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: cache };
  const args = ['--import', meter, entry, 'diagnose', '--input', file, '--json'];
  const began = performance.now();
  // exit 1: a cause of the corpus that nobody can tell
  const { stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 30 }).catch(
    (error: { code?: number; stderr: string }) => {
      if (error.code !== 1) throw error;
      return error;
    },
  );
  return { ms: performance.now() - began, megabytes: Number(stderr.trim().split('\n').at(-1)) / 1024 };
}

async function startRow(name: string, entry: string, file: string, cacheOf: (n: number) => string): Promise<readonly string[]> {
  const took: Took[] = [];
  for (let n = 0; n < runs; n++) took.push(await once(entry, file, cacheOf(n)));
  const ms = median(took.map((t) => t.ms));
  return [name, '1', fixed(ms, 0), fixed(ms, 0), fixed(median(took.map((t) => t.megabytes)), 0), ms < goalMs ? 'met' : 'missed'];
}

export async function commandTable(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'gatemedic-command-'));
  try {
    const built = await buildCommand(join(folder, 'build'));
    const checkout = fileURLToPath(new URL('../../bin/gatemedic.ts', import.meta.url));
    const lines = readFileSync(new URL('../../test/corpus/dev.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    const [one, all] = [join(folder, 'one.json'), join(folder, 'many.jsonl')];
    writeFileSync(one, lines[0] ?? '');
    writeFileSync(all, Array.from({ length: many }, (_, n) => `${lines[n % lines.length] ?? ''}\n`).join(''));
    const nothing = join(folder, 'nothing.mjs');
    writeFileSync(nothing, '');
    const [empty, full] = [(n: number): string => join(folder, `cache-${n}`), (): string => join(folder, 'cache')];
    await once(built, one, full());
    await once(checkout, one, full());
    const rows = [
      await startRow('an empty file, for comparison', nothing, one, full),
      await startRow('the build, started for the first time', built, one, empty),
      await startRow('the build', built, one, full),
      await startRow('the checkout', checkout, one, full),
    ];
    const long = await once(built, all, full());
    return tableOf([...rows, ['the build', count(many), fixed(long.ms, 0), fixed(long.ms / many), fixed(long.megabytes, 0), '–']]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tableOf = (rows: Table['rows']): Table => ({
  title: 'Command line',
  says: [
    `\`gatemedic diagnose --input\` as a fresh process, from its start to its end, medians of ${runs}; the last row is one run over the recorded cases again and again. Goal for one case: below ${goalMs} ms.`,
  ],
  head: ['started from', 'cases', 'ms', 'ms a case', 'MB at most', 'goal'],
  rows,
});
