// set-stage-throttling: how far a limit is raised, when it is left, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/set-stage-throttling.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { ok } from '../../lib/model/result.ts';
import { now } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const facts = (limit: object, more: object = {}) => ({ limits: [{ route: '*', ...limit }], of: 'stage', perSecond: 30, ...more });
const trail = (...values: readonly string[]) =>
  got(
    {
      changes: values.map((value, n) => ({
        at: now - n * 1000,
        name: 'UpdateStage',
        by: 'ada',
        edits: ['rateLimit', 'burstLimit'].map((name) => ({ op: 'replace', path: `/*/*/throttling/${name}`, value })),
      })),
    },
    span,
    'aws',
  );
const account = got({ rate: 10_000, burst: 5000 }, span, 'aws');
const evidence = (more: object = {}) => ({ accountLimits: account, apiTrail: missing('empty', 'none'), ...more });
const planned = (limit: { rate: number; burst: number }, over: object = {}) =>
  fix.plan(planInput({ facts: facts(limit), evidence: evidence(), read: async () => ok({ value: limit }), ...over }));
const to = async (limit: { rate: number; burst: number }, over: object = {}) => {
  const plan = await planned(limit, over);
  return plan.ok ? plan.value[0]?.to : plan.error.reason;
};

describe('plan', () => {
  test('with room above what is asked', async () => {
    expect(await to({ rate: 20, burst: 10 })).toEqual({ rate: 60, burst: 60 });
    expect(await to({ rate: 40, burst: 40 })).toEqual({ rate: 80, burst: 80 });
  });
  test('to what it was before, where that is more and enough', async () => {
    expect(await to({ rate: 20, burst: 20 }, { evidence: evidence({ apiTrail: trail('20', '500') }) })).toEqual({ rate: 500, burst: 500 });
    expect(await to({ rate: 20, burst: 20 }, { evidence: evidence({ apiTrail: trail('20', '10') }) })).toEqual({ rate: 60, burst: 60 });
  });
  test('a limit of 0 becomes the account’s; none goes above it', async () => {
    expect(await to({ rate: 0, burst: 0 })).toEqual({ rate: 10_000, burst: 5000 });
    expect(await to({ rate: 9000, burst: 4000 })).toEqual({ rate: 10_000, burst: 5000 });
    expect(await to({ rate: 10_000, burst: 5000 })).toMatch(/at the account’s own already/);
  });
  test.each([
    ['the account’s limit', { facts: facts({ rate: 20 }, { of: 'account' }) }, /Service Quotas/],
    ['a limit that is not known', { facts: { limits: [], of: 'unknown' } }, /does not say which limit/],
    ['a limit that somebody changed', { read: async () => ok({ value: { rate: 21, burst: 20 } }) }, /somebody changed it/],
    [
      'an account that could not be read',
      { evidence: evidence({ accountLimits: missing('denied', 'GetAccount denied') }) },
      /GetAccount denied/,
    ],
  ])('steps aside for %s', async (_what, over, says) => expect(await to({ rate: 20, burst: 20 }, over)).toMatch(says));
});

test.each(['stage-limit-reached', 'stage-limit-zero'])('%s: raised, proven, and lowered again by an undo', async (id) => {
  const way = await wholeWay(id, { fix: 'set-stage-throttling' });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});
