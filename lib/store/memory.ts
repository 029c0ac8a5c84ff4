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
      value: kept(item.key, item.value),
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

/** The value as JSON keeps it, frozen. What was frozen here before comes back as it is: most of a row is what it was. */
function kept(key: string, value: unknown): unknown {
  const size = { characters: 0 };
  const copy = copied(value, size);
  // Whoever may come near the limit is measured as DynamoDB's item is: an escaped character takes six bytes at most.
  if (value === undefined || size.characters * 6 > smallBytes) toJson(key, value);
  return copy;
}
const smallBytes = 384 * 1024;

const sizes = new WeakMap<object, number>();

function copied(value: unknown, size: { characters: number }): unknown {
  if (typeof value === 'string') size.characters += value.length + 2;
  else size.characters += 24;
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (typeof value !== 'object' || value === null) return value;
  const known = sizes.get(value);
  if (known !== undefined) {
    size.characters += known;
    return value;
  }
  return remembered(value instanceof Date ? value.toISOString() : value, size);
}

function remembered(value: object | string, size: { characters: number }): unknown {
  if (typeof value === 'string') return copied(value, size);
  const own = { characters: 0 };
  const copy = Array.isArray(value) ? value.map((part) => (forgotten(part) ? null : copied(part, own))) : members(value, own);
  size.characters += own.characters;
  sizes.set(Object.freeze(copy), own.characters);
  return copy;
}

function members(value: object, size: { characters: number }): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part: unknown = (value as Record<string, unknown>)[key];
    if (forgotten(part)) continue;
    size.characters += key.length + 4;
    const own = copied(part, size);
    // the one key that would set what the copy inherits from instead of being kept, as JSON keeps it
    if (key === '__proto__') Object.defineProperty(copy, key, { value: own, enumerable: true, writable: true, configurable: true });
    else copy[key] = own;
  }
  return copy;
}

/** What JSON has no word for. */
const forgotten = (value: unknown): boolean => value === undefined || typeof value === 'function' || typeof value === 'symbol';

/** A store in memory. */
export const memoryStore = (hook?: StoreHook): MemoryStore => new MemoryStore(hook);
