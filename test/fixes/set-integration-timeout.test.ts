// set-integration-timeout: what it plans, when it steps aside, and the whole way of both families.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/set-integration-timeout.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import type { Draft } from '../../lib/model/kinds/gateway.ts';
import { ok } from '../../lib/model/result.ts';
import { api, http, now, rest, route } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const draft = (more: Partial<Draft> = {}): Draft => ({
  routes: [{ method: 'GET', path: '/orders', id: 'r1', leadsTo: 'x' }],
  cut: false,
  undeployed: [],
  ...more,
});
const metrics = (ms: number) =>
  got({ periodMs: 60_000, functions: { orders: { durationMaxMs: { at: [now], values: [ms] } } } } as never, span, 'aws');
const evidence = (more: object = {}) => ({
  deployedApi: got(api([route('/orders', 'orders')]), span, 'aws'),
  draft: got(draft(), span, 'aws'),
  functionMetrics: metrics(8000),
  ...more,
});
const facts = { timeoutMs: 5000, routes: ['GET /orders'], functions: [] };
const read = async (setting: string) => ok({ value: setting === 'integration-timeout' ? { timeoutMs: 5000 } : { deploymentId: 'd1' } });
const planned = (over: object) => fix.plan(planInput({ facts, read, evidence: evidence(), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? `planned ${JSON.stringify(plan.value)}` : plan.error.reason;
};

describe('plan', () => {
  test('REST: the edit to 29 s, then a deployment that expects it and nothing else', async () => {
    expect(await planned({})).toMatchObject({
      value: [
        { setting: 'integration-timeout', target: { id: 'r1' }, from: { timeoutMs: 5000 }, to: { timeoutMs: 29_000 } },
        {
          setting: 'fresh-deployment',
          target: { token: 'inc-1', expects: ['GET /orders timeoutInMillis'] },
          from: { deploymentId: 'd1' },
          to: { token: 'inc-1' },
        },
      ],
    });
  });
  test('HTTP: one change, to 30 s, where the stage deploys by itself', async () => {
    const auto = evidence({ deployedApi: got(api([], { autoDeploy: true }), span, 'aws') });
    expect(await planned({ at: http, evidence: auto })).toMatchObject({
      value: [{ setting: 'integration-timeout', to: { timeoutMs: 30_000 } }],
    });
    expect(await reason({ at: http })).toMatch(/does not deploy by itself/);
  });
  test.each([
    ['the limit', { facts: { ...facts, timeoutMs: 29_000 } }, /at the gateway’s limit already \(29 s\)/],
    ['facts of another kind', { facts: {} }, /does not say which timeout/],
    ['a WebSocket API', { at: { ...rest, apiType: 'WEBSOCKET' } }, /WebSocket/],
    ['a canary', { evidence: evidence({ deployedApi: got(api([], { canary: { percent: 5, variables: {} } }), span, 'aws') }) }, /canary/],
    ['a function that runs longer than the gateway can wait', { evidence: evidence({ functionMetrics: metrics(40_000) }) }, /ran 40000 ms/],
    [
      'somebody’s edit',
      {
        evidence: evidence({
          draft: got(draft({ undeployed: [{ route: 'GET /x', field: 'route', says: 'GET /x is edited, and not deployed' }] }), span, 'aws'),
        }),
      },
      /GET \/x is edited/,
    ],
    [
      'what could not be compared',
      { evidence: evidence({ draft: got({ routes: draft().routes, cut: false }, span, 'aws') }) },
      /could not be compared/,
    ],
    ['what could not be read', { evidence: evidence({ draft: missing('denied', 'GetResources denied') }) }, /GetResources denied/],
    ['a route that is gone', { evidence: evidence({ draft: got(draft({ routes: [] }), span, 'aws') }) }, /not in the edited API/],
    ['another edited value', { read: async () => ok({ value: { timeoutMs: 7000 } }) }, /somebody edited it/],
  ])('steps aside for %s', async (_what, over, says) => expect(await reason(over)).toMatch(says));
});

test('a timeout that was cut is raised again, proven, and cut again by an undo', async () => {
  const way = await wholeWay('integration-timeout-cut', { fix: 'set-integration-timeout' });
  expect((await way.incident()).diagnosis?.cause).toBe('integration-timeout');
  expect((await way.change()).plan.preview).toHaveLength(3);
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
});
