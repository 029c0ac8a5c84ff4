// One thread of the simulation: plays the worlds it is given one after the other, and says what each came to. A bug that throws is a violation, too.
import { parentPort, workerData } from 'node:worker_threads';
import type { ResolvedTemplate } from '../../lib/workflow/template.ts';
import { countsOf, nothing, together, type Tally } from './counts.ts';
import { draw } from './draw.ts';
import { play } from './play.ts';
import { thawed, type Frozen } from './template.ts';

export interface Share {
  readonly from: number;
  readonly to: number;
}

const all = thawed(workerData as Frozen);

async function playOne(seed: number, template: ResolvedTemplate): Promise<Tally> {
  try {
    const { world, breaches } = await play(draw(seed), template);
    return { counts: countsOf(world), failed: breaches.length === 0 ? [] : [{ seed, breaches }] };
  } catch (error) {
    const says = String(error instanceof Error ? error.stack : error).slice(0, 800);
    return { counts: { ...nothing.counts, worlds: 1 }, failed: [{ seed, breaches: [{ law: 'no-bug', says }] }] };
  }
}

async function playShare({ from, to }: Share): Promise<Tally> {
  let tally = nothing;
  for (let seed = from; seed < to; seed++) tally = together(tally, await playOne(seed, all));
  return tally;
}

parentPort?.on('message', (share: Share) => {
  void playShare(share).then((tally) => parentPort?.postMessage(tally));
});
