// Intake: whatever arrives is read into signals, each signal is brought to its stage. One bad record costs none of its neighbours.
import * as v from 'valibot';
import { stageKey, type StageRef } from '../model/api.ts';
import type { SetAside, Signal } from '../model/signal.ts';
import { readEvent } from '../signals/index.ts';
import { boundedCopy } from '../signals/shape.ts';
import { rows } from '../store/rows.ts';
import { WorldError, type World } from '../world.ts';
import { open, type Opened } from './opening/open.ts';
import { stage } from './stage.ts';
import { resolve } from './opening/subject.ts';

type IntakeWorld = World<'apigateway:GetRestApis' | 'cloudwatch:DescribeAlarms'>;

/** What one event came to; logged, and counted by tests and the bench. */
export interface Taken {
  readonly signals: number;
  readonly opened: readonly Opened[];
  readonly ignored: number;
  readonly refused: number;
}

export default stage({ id: 'intake', input: v.unknown(), run: (world: IntakeWorld, event: unknown) => intake(world, event) });

/** A bug in reading or opening costs one record, never its neighbours; passing trouble is thrown at the end, so that the event comes again. */
class Neighbours {
  readonly #world: Pick<World, 'deadLetter' | 'log'>;
  readonly #passing: WorldError[] = [];
  refused = 0;
  constructor(world: Pick<World, 'deadLetter' | 'log'>) {
    this.#world = world;
  }
  async each<T>(record: unknown, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      await this.#caught(record, error);
      return undefined;
    }
  }
  async refuse(record: unknown, reason: string): Promise<void> {
    this.refused++;
    this.#world.log('intake-refused', { reason });
    try {
      await this.#world.deadLetter.put(record, reason);
    } catch (error) {
      // The neighbours first; then the whole event comes again, this record with it.
      this.#passing.push(error instanceof WorldError ? error : new WorldError('down', 'dead letter', String(error).slice(0, 200)));
    }
  }
  async #caught(record: unknown, error: unknown): Promise<void> {
    if (error instanceof WorldError) this.#passing.push(error);
    else await this.refuse(boundedCopy(record), `bug: ${error instanceof Error ? error.message.slice(0, 300) : 'unknown'}`);
  }
  end(): void {
    const [first] = this.#passing;
    if (first) throw first;
  }
}

/** Takes one event, of any shape. */
export async function intake(world: IntakeWorld, event: unknown): Promise<Taken> {
  const neighbours = new Neighbours(world);
  const { accountId, region } = world.installation;
  const source = async (logGroup: string) => (await rows.source.get(world.store, logGroup))?.value;
  const reading = (await neighbours.each(event, () => readEvent(event, { here: { accountId, region }, source }))) ?? {
    signals: [],
    aside: [],
  };
  for (const aside of reading.aside) if (aside.why === 'refused') await neighbours.refuse(aside.record, aside.reason);
  const ok = reading.signals.filter((s) => s.state === 'ok').length;
  const stages = await byStage(world, neighbours, reading.signals);
  const opened: Opened[] = [];
  for (const { at, signal } of stages) opened.push(...((await neighbours.each(signal, async () => [await open(world, at, signal)])) ?? []));
  const taken = {
    signals: reading.signals.length,
    opened,
    ignored: reading.aside.filter(isIgnored).length + ok,
    refused: neighbours.refused,
  };
  world.log('intake', {
    ...taken,
    reasons: reading.aside
      .filter(isIgnored)
      .map((a) => a.reason)
      .slice(0, 5),
  });
  neighbours.end();
  return taken;
}
const isIgnored = (a: SetAside): boolean => a.why === 'ignored';

/** The failing stages of one event, each once: what several signals say of a stage becomes one piece of news. */
async function byStage(
  world: IntakeWorld,
  neighbours: Neighbours,
  signals: readonly Signal[],
): Promise<readonly { at: StageRef; signal: Signal }[]> {
  const found = new Map<string, { at: StageRef; signal: Signal }>();
  for (const signal of signals) {
    if (signal.state === 'ok') continue;
    for (const at of (await neighbours.each(signal, () => stagesOf(world, neighbours, signal))) ?? []) {
      const there = found.get(stageKey(at));
      found.set(stageKey(at), { at, signal: notAhead(there ? joined(there.signal, signal) : signal, world.now()) });
    }
  }
  return [...found.values()];
}

async function stagesOf(world: IntakeWorld, neighbours: Neighbours, signal: Signal): Promise<readonly StageRef[]> {
  const resolved = await resolve(world, signal.subject);
  if (resolved.ok) return resolved.value;
  world.log('signal-unresolved', { source: signal.source, reason: resolved.error });
  await neighbours.refuse(signal, `${signal.source}: ${resolved.error}`);
  return [];
}

/** A clock that runs ahead of ours must not outlive the incident's close: no news is of the future. */
const notAhead = (s: Signal, now: number): Signal => ({ ...s, firstAt: Math.min(s.firstAt, now), lastAt: Math.min(s.lastAt, now) });

const joined = (a: Signal, b: Signal): Signal => ({
  ...a,
  firstAt: Math.min(a.firstAt, b.firstAt),
  lastAt: Math.max(a.lastAt, b.lastAt),
  failures: a.failures + b.failures,
  lines: [...a.lines, ...b.lines].slice(0, 20),
});
