// Runs simulated stories beside the main thread: a scenario, a look, or the storm. What it is given and answers is plain data.
import { parentPort } from 'node:worker_threads';
import { runScenario } from '../../lib/demo/headless.ts';
import { scenarios } from '../../lib/demo/scenarios/index.ts';
import { lookAt } from './diagnosis.ts';
import { fixStory } from './fixes.ts';
import { idle } from './idle.ts';
import { storm } from './storm.ts';
import type { Told } from './scenarios.ts';
import type { Answers, Task } from './together.ts';

async function told(id: string, path: Told['path']): Promise<Told> {
  const scenario = scenarios.find((s) => s.id === id);
  if (!scenario) throw new Error(`no scenario ${id}; the bench takes them from lib/demo/scenarios`);
  const { summary, problems, usage } = await runScenario(scenario, { person: 'silent', logs: path === 'logs', seed: 1 }, () => undefined);
  return { scenario: id, path, summary, problems, usage };
}

function answer(task: Task): Promise<Answers[Task['do']]> {
  if (task.do === 'storm') return storm();
  if (task.do === 'idle') return idle();
  if (task.do === 'fix') return fixStory(task.id);
  return task.do === 'look' ? lookAt(task.id, task.logs) : told(task.id, task.path);
}

async function work(task: Task): Promise<void> {
  parentPort?.postMessage(await answer(task));
}
parentPort?.on('message', (task: Task) => void work(task));
