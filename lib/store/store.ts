// The store as the stages see it: single items, each with a version, changed only under a named condition.
// Two implementations pass one contract suite: DynamoDB (one table) and memory.

/** `key` is `kind#id`. `list` puts an item into one sparse index, sorted by `at` (ms). */
export interface Item {
  readonly key: string;
  /** 1 for a new item; each write adds 1. */
  readonly version: number;
  /** Plain JSON, at most about 390 KB. */
  readonly value: unknown;
  readonly list?: { readonly name: string; readonly at: number };
  /** When it may be deleted, in ms; deletion can be days late, so nobody trusts it for time. */
  readonly expiresAt?: number;
}
export type NewItem = Omit<Item, 'version'>;

export type Written = { readonly written: true; readonly version: number } | { readonly written: false };

export interface Store {
  /** A consistent read. */
  get(key: string): Promise<Item | undefined>;
  /** Writes only if no item has the key. */
  putIfAbsent(item: NewItem): Promise<Written>;
  /** Writes only if the item still has `version`. */
  putIfUnchanged(item: NewItem, version: number): Promise<Written>;
  /** Deletes only if the item still has `version`; true when it is gone. */
  deleteIfUnchanged(key: string, version: number): Promise<boolean>;
  /** Adds 1 to a counter unless that would pass `max`; false when it would. The counter is an item of its own. */
  countBelow(key: string, max: number, expiresAt: number): Promise<boolean>;
  /** Items of a list with `from` ≤ at < `to`, oldest first, at most `limit`. Eventually consistent. */
  list(name: string, range: { from?: number; to?: number; limit?: number }): Promise<readonly Item[]>;
}
