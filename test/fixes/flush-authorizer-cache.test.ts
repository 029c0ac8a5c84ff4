// flush-authorizer-cache: only where a kept answer fails requests, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/flush-authorizer-cache.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { api, now, rest } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const facts = (trouble = 'kept-answer') => ({ authorizers: [{ name: 'Guard', trouble, says: '' }] });
const evidence = (ttlSeconds: number) => ({
  deployedApi: got(api([], { authorizers: [{ name: 'Guard', type: 'token', ttlSeconds }] }), span, 'aws'),
});
const planned = (over: object = {}) => fix.plan(planInput({ facts: facts(), evidence: evidence(300), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('the stage’s kept answers', async () => {
    expect(await planned()).toMatchObject({
      value: [{ setting: 'authorizer-cache', target: { ttlSeconds: 300 }, from: 'absent', to: { flushed: true } }],
    });
  });
  test.each([
    ['an authorizer that goes on answering badly', { facts: facts('bad-answer') }, /does not fail by an answer that is kept/],
    ['no answers that are kept', { evidence: evidence(0) }, /keeps no answers/],
    ['a WebSocket API', { at: { ...rest, apiType: 'WEBSOCKET' } }, /WebSocket/],
    ['what could not be read', { evidence: { deployedApi: missing('denied', 'GetExport denied') } }, /GetExport denied/],
    ['facts of another kind', { facts: {} }, /does not say which authorizer/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test('a bad answer that is kept is forgotten, and requests come through again', async () => {
  const way = await wholeWay('authorizer-answer-kept', { fix: 'flush-authorizer-cache' });
  expect((await way.change()).plan.oneWay).toHaveLength(1);
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
});
