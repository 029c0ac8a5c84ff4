// set-authorizer-ttl: only against load, only where nothing else is deployed along, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/set-authorizer-ttl.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { ok } from '../../lib/model/result.ts';
import { api, http, now, rest } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const facts = (trouble = 'throttled') => ({ authorizers: [{ name: 'Guard', trouble, says: '' }] });
const evidence = (more: object = {}) => ({
  deployedApi: got(api([]), span, 'aws'),
  authorizers: got({ authorizers: [{ name: 'Guard', id: 'x', type: 'token', routes: [] }] }, span, 'aws'),
  draft: got({ routes: [], cut: false, undeployed: [] }, span, 'aws'),
  ...more,
});
const read = (seconds: number) => async (setting: string) =>
  ok({ value: setting === 'authorizer-ttl' ? { seconds } : { deploymentId: 'd1' } });
const planned = (over: object = {}) => fix.plan(planInput({ facts: facts(), evidence: evidence(), read: read(0), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('REST: the edit, then a deployment that takes no difference of routes along', async () => {
    expect(await planned()).toMatchObject({
      value: [
        { setting: 'authorizer-ttl', target: { authorizerId: 'x' }, from: { seconds: 0 }, to: { seconds: 300 } },
        { setting: 'fresh-deployment', target: { expects: [] }, to: { token: 'inc-1' } },
      ],
    });
  });
  test('HTTP: one change, where the stage deploys by itself', async () => {
    const auto = evidence({ deployedApi: got(api([], { autoDeploy: true }), span, 'aws') });
    expect(await planned({ at: http, evidence: auto })).toMatchObject({ value: [{ setting: 'authorizer-ttl' }] });
    expect(await reason({ at: http })).toMatch(/does not deploy by itself/);
  });
  test.each([
    ['another trouble than load', { facts: facts('bad-answer') }, /its trouble is not load \(bad-answer\)/],
    ['facts of another kind', { facts: {} }, /does not say which authorizer/],
    ['answers that are kept already', { read: read(600) }, /kept for 600 s already/],
    [
      'somebody’s edit',
      {
        evidence: evidence({
          draft: got({ routes: [], cut: false, undeployed: [{ route: 'GET /x', field: 'route', says: 'GET /x is edited' }] }, span, 'aws'),
        }),
      },
      /GET \/x is edited/,
    ],
    ['what could not be compared', { evidence: evidence({ draft: missing('denied', 'x') }) }, /could not be compared/],
    [
      'an id that is not known',
      { evidence: evidence({ authorizers: got({ authorizers: [] }, span, 'aws') }) },
      /id of authorizer Guard is not known/,
    ],
    ['a WebSocket API', { at: { ...rest, apiType: 'WEBSOCKET' } }, /WebSocket/],
    ['a canary', { evidence: evidence({ deployedApi: got(api([], { canary: { percent: 1, variables: {} } }), span, 'aws') }) }, /canary/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test('a throttled authorizer is asked once a caller, proven, and asked at each request again by an undo', async () => {
  const way = await wholeWay('authorizer-throttled', { fix: 'set-authorizer-ttl' });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
});
