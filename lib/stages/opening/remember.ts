// What a warm function remembers between events, so that a storm of one alarm asks AWS once: answers by key, for a while.
// It hangs on the store of the world, so that two worlds (two simulations in one process) share nothing.
import type { Store } from '../../store/store.ts';

interface Kept {
  readonly untilAt: number;
  readonly value: Promise<unknown>;
}
const memories = new WeakMap<Store, Map<string, Kept>>();

/** Kept answers at most; beyond that the oldest goes. */
const mostKept = 500;

function memoryOf(store: Store): Map<string, Kept> {
  const there = memories.get(store);
  if (there) return there;
  const made = new Map<string, Kept>();
  memories.set(store, made);
  return made;
}

/** The answer under `key`, asked anew once it is older than `keepMs(answer)`; 0 is not kept at all. */
export async function remembered<T>(
  world: { readonly store: Store; now(): number },
  key: string,
  keepMs: (value: T) => number,
  ask: () => Promise<T>,
): Promise<T> {
  const memory = memoryOf(world.store);
  const kept = memory.get(key);
  if (kept && kept.untilAt > world.now()) return kept.value as Promise<T>;
  const value = await ask();
  const untilAt = world.now() + keepMs(value);
  memory.delete(key);
  if (untilAt > world.now()) memory.set(key, { untilAt, value: Promise.resolve(value) });
  const oldest = memory.size > mostKept ? memory.keys().next().value : undefined;
  if (oldest !== undefined) memory.delete(oldest);
  return value;
}
