// Simulated time: a queue of events in order of time, then of arrival. Time moves only between events, so a run of hours
// takes seconds and the same seed gives the same run.
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';

interface Event {
  readonly at: number;
  readonly seq: number;
  readonly run: () => void;
  readonly quiet: boolean;
  cancelled: boolean;
}

export class SimulatedClock implements Clock {
  #now: number;
  #seq = 0;
  readonly #heap: Event[] = [];
  #held = 0;
  #error: unknown;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** Runs `run` at `atMs` (never in the past). Returns how to cancel it. `quiet`: it wakes no promise, so no turn of the event loop is owed. */
  at(atMs: number, run: () => void, options: { quiet?: boolean } = {}): () => void {
    const event: Event = { at: Math.max(atMs, this.#now), seq: this.#seq++, run, quiet: options.quiet ?? false, cancelled: false };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  after(ms: number, run: () => void, options?: { quiet?: boolean }): () => void {
    return this.at(this.#now + ms, run, options);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Starts async work; a failure stops the run and is thrown by `runUntil` (a bug must not vanish in a detached promise). */
  start(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      this.#error ??= error;
    });
  }

  /** Holds time still while real input and output (a signed request, a lazy import) is under way. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
    }
  }

  /** Runs events until `untilMs`, or until `done()` says so after an event. */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await this.#settle();
    while (!done()) {
      const next = this.#heap[0];
      if (!next || next.at > untilMs) {
        this.#now = Math.max(this.#now, untilMs);
        return;
      }
      this.#pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.run();
      if (!next.quiet) await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    do await turn();
    while (this.#held > 0);
    if (this.#error !== undefined) throw this.#error;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (!parent || before(parent, event)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const a = heap[left];
      const b = heap[left + 1];
      const child = b && a && before(b, a) ? left + 1 : left;
      const least = heap[child];
      if (!least || before(last, least)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);
