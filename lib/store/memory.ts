// The store in memory, for the sandbox and tests: the same conditions as DynamoDB, and a hook that may refuse any operation.
import type { Item, NewItem, Store, Written } from './store.ts';
import { toJson } from './table.ts';

export type StoreOperation = 'get' | 'put' | 'delete' | 'count' | 'list';

/** Called before each operation; what it throws, the caller gets: roles, faults and counters hang here. */
export type StoreHook = (operation: StoreOperation, key: string) => void;

interface Kept {
  readonly version: number;
  /** Frozen to the bottom, so that every reader may have the same one. */
  readonly value: unknown;
  readonly list?: { readonly name: string; readonly at: number };
  readonly expiresAt?: number;
}

/** A store that holds everything in this process. Rows are copied in and frozen: nobody changes one by changing what they wrote or read. */
export class MemoryStore implements Store {
  readonly #items = new Map<string, Kept>();
  readonly #counters = new Map<string, number>();
  readonly #hook: StoreHook;

  constructor(hook: StoreHook = () => {}) {
    this.#hook = hook;
  }

  async get(key: string): Promise<Item | undefined> {
    this.#hook('get', key);
    const kept = this.#items.get(key);
    return kept && this.#item(key, kept);
  }

  async putIfAbsent(item: NewItem): Promise<Written> {
    this.#hook('put', item.key);
    return this.#items.has(item.key) ? { written: false } : this.#put(item, 1);
  }

  async putIfUnchanged(item: NewItem, version: number): Promise<Written> {
    this.#hook('put', item.key);
    return this.#items.get(item.key)?.version === version ? this.#put(item, version + 1) : { written: false };
  }

  async deleteIfUnchanged(key: string, version: number): Promise<boolean> {
    this.#hook('delete', key);
    const kept = this.#items.get(key);
    if (kept && kept.version !== version) return false;
    this.#items.delete(key);
    return true;
  }

  async countBelow(key: string, max: number, _expiresAt: number): Promise<boolean> {
    this.#hook('count', key);
    const count = this.#counters.get(key) ?? 0;
    if (count >= max) return false;
    this.#counters.set(key, count + 1);
    return true;
  }

  async list(name: string, range: { from?: number; to?: number; limit?: number }): Promise<readonly Item[]> {
    this.#hook('list', name);
    const { from = -Infinity, to = Infinity, limit = Infinity } = range;
    return [...this.#items]
      .flatMap(([key, kept]) =>
        kept.list?.name === name && kept.list.at >= from && kept.list.at < to ? [{ at: kept.list.at, key, kept }] : [],
      )
      .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
      .slice(0, limit)
      .map(({ key, kept }) => this.#item(key, kept));
  }

  /** Every key in it, in order of writing: for assertions and the demo's page. */
  keys(): readonly string[] {
    return [...this.#items.keys()];
  }

  #put(item: NewItem, version: number): Written {
    const { list, expiresAt } = item;
    this.#items.set(item.key, {
      version,
      value: frozen(JSON.parse(toJson(item.key, item.value))),
      ...(list ? { list: { ...list } } : {}),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    return { written: true, version };
  }

  #item(key: string, { version, value, list, expiresAt }: Kept): Item {
    return {
      key,
      version,
      value,
      ...(list ? { list: { ...list } } : {}),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/** A store in memory. */
export const memoryStore = (hook?: StoreHook): MemoryStore => new MemoryStore(hook);
