// shift-canary-to-zero: only the share that was seen to fail, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/shift-canary-to-zero.ts';
import { ok } from '../../lib/model/result.ts';
import { http } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const planned = (over: object) =>
  fix.plan(planInput({ facts: { percent: 20 }, read: async () => ok({ value: { percent: 20 } }), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('to nought', async () => expect(await planned({})).toMatchObject({ value: [{ from: { percent: 20 }, to: { percent: 0 } }] }));
  test.each([
    ['another share', { read: async () => ok({ value: { percent: 50 } }) }, /takes 50 % now, not the 20 %/],
    ['no canary any more', { read: async () => ok({ value: 'absent' }) }, /no canary any more/],
    ['facts of another kind', { facts: {} }, /does not say which share/],
    ['another kind of API', { at: http }, /only a stage of a REST API/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test.each([true, false])('a broken canary takes nobody any more, proven, and its share back by an undo (logs: %s)', async (logs) => {
  const way = await wholeWay('canary-broken', { fix: 'shift-canary-to-zero', logs });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});
