// Plays worlds on as many threads as there are cores, a few at a time each, so that nobody waits for the slowest.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ResolvedTemplate } from '../../lib/workflow/template.ts';
import { nothing, together, type Tally } from './counts.ts';
import { frozen } from './template.ts';
import type { Share } from './worker.ts';

/** Worlds a thread takes at a time. */
const usualShare = 25;

export interface Pool {
  readonly worlds: number;
  readonly seed: number;
  readonly threads?: number;
  readonly shareSize?: number;
  /** After this many failed worlds no more are begun. */
  readonly mostFailed?: number;
  readonly onShare?: (soFar: Tally) => void;
}

export async function playMany(
  all: ResolvedTemplate,
  { worlds, seed, threads = availableParallelism(), shareSize = usualShare, mostFailed = Infinity, onShare }: Pool,
): Promise<Tally> {
  let next = seed;
  let tally = nothing;
  const take = (): Share | undefined => {
    if (next >= seed + worlds || tally.failed.length >= mostFailed) return undefined;
    const from = next;
    next = Math.min(seed + worlds, from + shareSize);
    return { from, to: next };
  };
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: frozen(all),
      // what a world leaves behind dies young: room for it, so that it is not carried about
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    try {
      for (let share = take(); share; share = take()) {
        const more = await answer(worker, share);
        tally = together(tally, more);
        onShare?.(tally);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, run));
  return tally;
}

const answer = (worker: Worker, share: Share): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const heard = (tally: Tally): void => {
      worker.off('error', reject);
      resolve(tally);
    };
    worker.once('message', heard);
    worker.once('error', reject);
    worker.postMessage(share);
  });
