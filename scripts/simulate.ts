// Plays many worlds, or one again: `npm run simulate -- --worlds N --seed S`. A world that breaks a law is shrunk to a short story and told
// with its seed; then the exit code is 1.
import { parseArgs } from 'node:util';
import { told, type Failed } from '../test/simulation/counts.ts';
import { draw } from '../test/simulation/draw.ts';
import { play } from '../test/simulation/play.ts';
import { playMany } from '../test/simulation/pool.ts';
import { shrink } from '../test/simulation/shrink.ts';
import { templateOfAll } from '../test/simulation/shop.ts';
import { story } from '../test/simulation/story.ts';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
    shrink: { type: 'string', default: '3' },
    'most-failed': { type: 'string', default: '20' },
  },
});
const numberOf = (key: 'worlds' | 'seed' | 'shrink' | 'most-failed'): number => {
  const n = Number(values[key]);
  if (Number.isInteger(n) && n >= 0) return n;
  throw new Error(`--${key} is ${values[key]}; write a whole number`);
};

const all = templateOfAll();

async function short({ seed, breaches }: Failed): Promise<string> {
  const plays = async (plan: ReturnType<typeof draw>) => (await play(plan, all)).breaches;
  const law = breaches[0]?.law ?? 'no-bug';
  const plan = await shrink(draw(seed), plays, law);
  return story(plan, await plays(plan).catch((error: unknown) => [{ law, says: String(error) }]));
}

const startedAt = performance.now();
const tally = await playMany(all, {
  worlds: numberOf('worlds'),
  seed: numberOf('seed'),
  mostFailed: numberOf('most-failed'),
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
});
console.log(told(tally, (performance.now() - startedAt) / 1000));
const laws = Map.groupBy(
  tally.failed.flatMap((f) => f.breaches.map((b) => ({ law: b.law, seed: f.seed }))),
  (f) => f.law,
);
for (const [law, list] of laws) console.log(`✗ ${law}: seeds ${[...new Set(list.map((f) => f.seed))].slice(0, 12).join(', ')}`);
const seen = new Set<string>();
for (const failed of tally.failed) {
  const law = failed.breaches[0]?.law ?? '';
  if (seen.has(law) || seen.size >= numberOf('shrink')) continue;
  seen.add(law);
  console.log(`\n${await short(failed)}`);
}
process.exitCode = tally.failed.length === 0 ? 0 : 1;
