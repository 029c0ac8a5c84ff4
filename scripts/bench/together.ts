// The simulated stories, as many at once as there are processors: each thread takes the next task when it is done with the last.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LookedAt } from './diagnosis.ts';
import type { Idle } from './idle.ts';
import type { Told } from './scenarios.ts';
import type { Storm } from './storm.ts';

export type Task =
  | { readonly do: 'storm' }
  | { readonly do: 'idle' }
  | { readonly do: 'fix'; readonly id: string }
  | { readonly do: 'look'; readonly id: string; readonly logs: boolean }
  | { readonly do: 'scenario'; readonly id: string; readonly path: Told['path'] };
export interface Answers {
  readonly storm: Storm;
  readonly idle: Idle;
  readonly fix: Told;
  readonly look: LookedAt;
  readonly scenario: Told;
}

/** Answers in the order of the tasks. The first failure ends them all. */
export async function together(tasks: readonly Task[], done: (left: number) => void): Promise<readonly Answers[Task['do']][]> {
  const answers: Answers[Task['do']][] = [];
  const queue = [...tasks.entries()];
  let left = tasks.length;
  const work = async (worker: Worker): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [n, task] = next;
      answers[n] = await ask(worker, task);
      done(--left);
    }
  };
  const workers = Array.from({ length: Math.min(4, availableParallelism()) }, () => new Worker(new URL('worker.ts', import.meta.url)));
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((w) => w.terminate()));
  }
  return answers;
}

/** A task that throws ends its thread with `error`. */
function ask(worker: Worker, task: Task): Promise<Answers[Task['do']]> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: Answers[Task['do']]) => {
      worker.off('error', reject);
      resolve(answer);
    });
    worker.postMessage(task);
  });
}
