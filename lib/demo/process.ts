// One invocation as a process: it may die of a crash or of its timeout, and whoever is dead calls nothing any more, not even to tidy up.
// What surrounds its calls (faults, pauses, watchers) hangs here, so that every edge is struck in one place.
import type { Attempt } from '../aws/calls.ts';
import type { DutyId } from '../duties.ts';
import { SandboxCrash } from '../sandbox/account/index.ts';
import type { Store } from '../store/store.ts';
import type { DeadLetter, Slack, Topic, Workflow } from '../world.ts';

export interface Invocation {
  readonly duty: DutyId;
  readonly payload: unknown;
  readonly startedAt: number;
}
/** One call of a process to its world; `name` as AWS, Slack or the store calls it. */
export interface EdgeCall {
  readonly edge: 'aws' | 'store' | 'slack' | 'topic' | 'workflow' | 'dead-letter';
  readonly name: string;
  readonly input: readonly unknown[];
}
/** Stands around every call: may wait, answer instead, refuse, or kill the process by throwing a SandboxCrash before or after the work. */
export type Around = <T>(invocation: Invocation, call: EdgeCall, work: () => Promise<T>) => Promise<T>;

/** Where a dead process waits; a promise of its own each time, so that nothing is kept for ever. */
const forever = (): Promise<never> => new Promise(() => undefined);

export class Process {
  readonly invocation: Invocation;
  /** Rejects when the process dies. */
  readonly death: Promise<never>;
  readonly #around: Around | undefined;
  #kill: (why: Error) => void = () => undefined;
  #dead = false;

  constructor(invocation: Invocation, around: Around | undefined) {
    this.invocation = invocation;
    this.#around = around;
    this.death = new Promise((_, reject) => (this.#kill = reject));
    this.death.catch(() => undefined);
  }

  die(why: Error): void {
    this.#dead = true;
    this.#kill(why);
  }

  async call<T>(call: EdgeCall, work: () => Promise<T>): Promise<T> {
    if (this.#dead) return forever();
    try {
      const alive = (): Promise<T> => (this.#dead ? forever() : work());
      const answer = await (this.#around ? this.#around(this.invocation, call, alive) : work());
      return this.#dead ? await forever() : answer;
    } catch (error) {
      if (error instanceof SandboxCrash) this.die(error);
      if (this.#dead) return forever();
      throw error;
    }
  }

  attempt(attempt: Attempt): Attempt {
    return (name, input) => this.call({ edge: 'aws', name, input: [input] }, () => attempt(name, input));
  }

  store(store: Store): Store {
    return this.#edge('store', store, ['get', 'putIfAbsent', 'putIfUnchanged', 'deleteIfUnchanged', 'countBelow', 'list']);
  }
  slack(slack: Slack): Slack {
    return this.#edge('slack', slack, ['post', 'update', 'whisper']);
  }
  topic(topic: Topic): Topic {
    return this.#edge('topic', topic, ['publish']);
  }
  workflow(workflow: Workflow): Workflow {
    return this.#edge('workflow', workflow, ['startIncident', 'startUndo', 'wake', 'scheduleUndo', 'status']);
  }
  deadLetter(deadLetter: DeadLetter): DeadLetter {
    return this.#edge('dead-letter', deadLetter, ['put']);
  }

  /** The edge with each of its methods as a call of this process. */
  #edge<E extends object>(edge: EdgeCall['edge'], real: E, methods: readonly (keyof E & string)[]): E {
    const entries = methods.map((name) => {
      const method = real[name] as (...input: unknown[]) => Promise<unknown>;
      return [name, (...input: unknown[]) => this.call({ edge, name, input }, () => method.apply(real, input))] as const;
    });
    return Object.fromEntries(entries) as E;
  }
}
