// What every store must do; memory and DynamoDB run the same suite, so that what the sandbox proves holds in production.
import { beforeAll, describe, expect, test } from 'vitest';
import type { NewItem, Store } from '../../lib/store/store.ts';

/** Runs the contract on the store that `open` gives; lists may lag, but not in a test. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    let n = 0;
    beforeAll(async () => {
      store = await open();
    }, 60_000);
    const fresh = (): string => `thing#${name}-${++n}`;
    const item = (key: string, value: unknown = { a: 1 }): NewItem => ({ key, value });

    test('an item that was never written is undefined', async () => {
      expect(await store.get(fresh())).toBeUndefined();
    });
    test('a new item is read back whole, at version 1', async () => {
      const key = fresh();
      const written: NewItem = {
        key,
        value: { deep: [{ a: null, b: '', c: 1.5 }], 'key with a .': true },
        list: { name: 'things', at: 5 },
        expiresAt: 1_700_000_000_500,
      };
      expect(await store.putIfAbsent(written)).toEqual({ written: true, version: 1 });
      expect(await store.get(key)).toEqual({ ...written, version: 1 });
    });
    test('JSON is what is kept: undefined members are forgotten', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key, { a: undefined, b: [1, null] }));
      expect(Object.keys((await store.get(key))?.value as object)).toEqual(['b']);
    });
    test('a second create changes nothing', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key, 'first'));
      expect(await store.putIfAbsent(item(key, 'second'))).toEqual({ written: false });
      expect(await store.get(key)).toMatchObject({ value: 'first', version: 1 });
    });
    test('of many simultaneous creates exactly one is written', async () => {
      const key = fresh();
      const tries = await Promise.all(Array.from({ length: 10 }, (_, i) => store.putIfAbsent(item(key, i))));
      expect(tries.filter((t) => t.written)).toHaveLength(1);
    });
    test('an update needs the version that was read, and adds one', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key));
      expect(await store.putIfUnchanged(item(key, 'two'), 1)).toEqual({ written: true, version: 2 });
      expect(await store.putIfUnchanged(item(key, 'late'), 1)).toEqual({ written: false });
      expect(await store.get(key)).toMatchObject({ value: 'two', version: 2 });
    });
    test('an update of nothing writes nothing', async () => {
      const key = fresh();
      expect(await store.putIfUnchanged(item(key), 1)).toEqual({ written: false });
      expect(await store.get(key)).toBeUndefined();
    });
    test('of many simultaneous updates exactly one is written', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key));
      const tries = await Promise.all(Array.from({ length: 10 }, (_, i) => store.putIfUnchanged(item(key, i), 1)));
      expect(tries.filter((t) => t.written)).toHaveLength(1);
    });
    test('an update replaces the item: list and expiry go when they are not said again', async () => {
      const key = fresh();
      await store.putIfAbsent({ ...item(key), list: { name: `gone-${key}`, at: 1 }, expiresAt: 9_999 });
      await store.putIfUnchanged(item(key), 1);
      expect(await store.get(key)).toEqual({ key, value: { a: 1 }, version: 2 });
      expect(await store.list(`gone-${key}`, {})).toEqual([]);
    });
    test('a delete needs the version; what is gone stays gone', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key));
      expect(await store.deleteIfUnchanged(key, 2)).toBe(false);
      expect(await store.get(key)).toBeDefined();
      expect(await store.deleteIfUnchanged(key, 1)).toBe(true);
      expect(await store.get(key)).toBeUndefined();
      expect(await store.deleteIfUnchanged(key, 1)).toBe(true);
    });
    test('after a delete the item is new again', async () => {
      const key = fresh();
      await store.putIfAbsent(item(key));
      await store.deleteIfUnchanged(key, 1);
      expect(await store.putIfAbsent(item(key))).toEqual({ written: true, version: 1 });
    });
    test('a counter counts to its maximum and no further', async () => {
      const key = `limit#${fresh()}`;
      expect([await store.countBelow(key, 2, 1), await store.countBelow(key, 2, 1), await store.countBelow(key, 2, 1)]).toEqual([
        true,
        true,
        false,
      ]);
      expect(await store.countBelow(key, 3, 1)).toBe(true);
      expect(await store.countBelow(`limit#${fresh()}`, 0, 1)).toBe(false);
    });
    test('of many simultaneous counts no more pass than may', async () => {
      const key = `limit#${fresh()}`;
      const passed = await Promise.all(Array.from({ length: 10 }, () => store.countBelow(key, 3, 1)));
      expect(passed.filter(Boolean)).toHaveLength(3);
    });
    test('a counter is no item', async () => {
      const key = `limit#${fresh()}`;
      await store.countBelow(key, 2, 1);
      expect(await store.get(key)).toBeUndefined();
    });
    test('a list is sorted by time, from included, to excluded, limited', async () => {
      const list = `list-${fresh()}`;
      for (const at of [30, 10, 20, 40]) await store.putIfAbsent({ key: fresh(), value: at, list: { name: list, at } });
      const values = async (range: { from?: number; to?: number; limit?: number }): Promise<unknown[]> =>
        (await store.list(list, range)).map((i) => i.value);
      expect(await values({})).toEqual([10, 20, 30, 40]);
      expect(await values({ from: 20 })).toEqual([20, 30, 40]);
      expect(await values({ to: 30 })).toEqual([10, 20]);
      expect(await values({ from: 20, to: 40, limit: 1 })).toEqual([20]);
      expect(await values({ from: 41 })).toEqual([]);
    });
    test('an item stands in the list it was last written with', async () => {
      const key = fresh();
      const [a, b] = [`a-${key}`, `b-${key}`];
      await store.putIfAbsent({ ...item(key), list: { name: a, at: 1 } });
      await store.putIfUnchanged({ ...item(key), list: { name: b, at: 2 } }, 1);
      expect(await store.list(a, {})).toEqual([]);
      expect(await store.list(b, {})).toMatchObject([{ key, version: 2, list: { name: b, at: 2 } }]);
    });
    test('a list longer than a page is read to its end', async () => {
      const list = `long-${fresh()}`;
      // DynamoDB cuts a page at 1 MB.
      await Promise.all(
        Array.from({ length: 8 }, (_, at) => store.putIfAbsent({ key: fresh(), value: 'x'.repeat(200_000), list: { name: list, at } })),
      );
      expect((await store.list(list, {})).map((i) => i.list?.at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });
    test('an item too large for a table is refused with its key and size', async () => {
      await expect(store.putIfAbsent(item('thing#large', 'x'.repeat(500_000)))).rejects.toThrow(/thing#large is 500002 bytes/);
    });
  });
}
