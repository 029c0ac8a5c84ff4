// Work that waits for simulated time, done while that time goes on.
import type { SimulatedClock } from '../../lib/sandbox/clock.ts';

/** Moves the simulated clock on for as long as the work takes. */
export async function pumped<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  const state = { done: false };
  const end = work.finally(() => (state.done = true));
  end.catch(() => undefined);
  while (!state.done) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.runUntil(clock.now() + 50);
  }
  return end;
}
