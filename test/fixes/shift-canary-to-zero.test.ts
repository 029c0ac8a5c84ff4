// shift-canary-to-zero: only the canary that was seen to fail, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/shift-canary-to-zero.ts';
import { fifth, notIt, planned, reason } from './canaries.ts';
import { wholeWay } from './whole-way.ts';

describe('plan', () => {
  test('to nought, and nothing else of it', async () =>
    expect(await planned(fix)).toMatchObject({ value: [{ from: fifth, to: { ...fifth, percent: 0 } }] }));
  test('a diagnosis without the deployment goes by the share', async () =>
    expect(await planned(fix, { facts: { percent: 20 } })).toMatchObject({ ok: true }));
  test.each(notIt)('steps aside for %s', async (_what, over, says) => expect(await reason(fix, over)).toMatch(says));
});

test.each([true, false])('a broken canary takes nobody any more, proven, and its share back by an undo (logs: %s)', async (logs) => {
  const way = await wholeWay('canary-broken', { fix: 'shift-canary-to-zero', logs });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});

test('a canary deployed anew meanwhile does not get the old one’s share', async () => {
  const way = await wholeWay('canary-broken', { fix: 'shift-canary-to-zero' });
  const { at, shop } = way.broken;
  shop.account.setCanary({ ...at, canary: { percent: 0, variables: { alias: 'next' } } });
  const others = shop.account.snapshot();
  expect(await way.undo()).toBe('drift');
  expect(shop.account.snapshot()).toEqual(others);
});
