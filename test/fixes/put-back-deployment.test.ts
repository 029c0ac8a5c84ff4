// put-back-deployment: only to what was kept and is still there, only where the failures began with the deployment, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/put-back-deployment.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { keptRoutes } from '../../lib/model/kept.ts';
import { ok } from '../../lib/model/result.ts';
import { api, http, now, route } from '../collectors/fake-aws.ts';
import { keepNow } from './kept-now.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
const minute = 60_000;
const first = Math.floor(now / minute) * minute - 4 * minute;
const series = (...values: number[]) => ({ at: values.map((_, n) => first + n * minute), values });
const metrics = got(
  {
    periodMs: minute,
    count: series(60, 60),
    serverErrors: series(60, 60),
    clientErrors: series(0, 0),
    latencyMaxMs: series(9, 9),
    integrationLatencyMaxMs: series(9, 9),
  },
  span,
  'aws',
);
const served = api([route('/orders', 'orders', 'next')], { deploymentId: 'd2' });
const before = { deploymentId: 'd1', keptAt: now - 3_600_000, routes: keptRoutes([route('/orders', 'orders', 'live')]) };
const deployments = (at = first - minute, ...ids: string[]) =>
  got({ newest: [{ id: 'd2', at }, ...(ids.length > 0 ? ids : ['d1']).map((id) => ({ id, at: now - 9_000_000 }))] }, span, 'aws');
const evidence = (more: object = {}) => ({
  deployedApi: got(served, span, 'aws'),
  keptDefinitions: got({ before, gone: [] }, span, 'aws'),
  deployments: deployments(),
  gatewayMetrics: metrics,
  ...more,
});
const planned = (over: object = {}) =>
  fix.plan(planInput({ evidence: evidence(), read: async () => ok({ value: { deploymentId: 'd2' } }), ...over }));
const reason = async (over: object): Promise<string> => {
  const plan = await planned(over);
  return plan.ok ? 'planned' : plan.error.reason;
};

describe('plan', () => {
  test('back to what was kept, with the difference to be seen', async () => {
    expect(await planned()).toMatchObject({
      value: [
        {
          target: { differs: ['GET /orders leads to orders:live instead of orders:next'] },
          from: { deploymentId: 'd2' },
          to: { deploymentId: 'd1' },
        },
      ],
    });
  });
  test.each([
    [
      'nothing that was kept',
      { keptDefinitions: missing('empty', 'no definition of an earlier deployment was kept') },
      /no definition of an earlier/,
    ],
    [
      'a function that is gone',
      { keptDefinitions: got({ before, gone: ['orders:live'] }, span, 'aws') },
      /leads to orders:live, which Lambda does not have/,
    ],
    ['a deployment that is gone', { deployments: deployments(first - minute, 'd0') }, /d1, is not among/],
    ['failures that began before', { deployments: deployments(now - 86_400_000) }, /did not begin with the deployment/],
    ['failures that began later', { deployments: deployments(now) }, /did not begin with the deployment/],
    ['no failures in the metrics', { gatewayMetrics: missing('late', 'late') }, /not seen in the metrics/],
    [
      'the same definition',
      { keptDefinitions: got({ before: { ...before, routes: keptRoutes(served.routes) }, gone: [] }, span, 'aws') },
      /would change nothing/,
    ],
    ['a canary', { deployedApi: got({ ...served, canary: { percent: 5, variables: {} } }, span, 'aws') }, /has a canary/],
    ['what could not be read', { deployedApi: missing('denied', 'GetExport denied') }, /GetExport denied/],
  ])('steps aside for %s', async (_what, more, says) => expect(await reason({ evidence: evidence(more) })).toMatch(says));
  test('steps aside for another deployment than the one that fails, and other kinds of API', async () => {
    expect(await reason({ read: async () => ok({ value: { deploymentId: 'd3' } }) })).toMatch(/somebody deployed meanwhile/);
    expect(await reason({ at: http })).toMatch(/REST APIs only/);
  });
});

test('a deploy that names a missing alias is put back, proven, and served again by an undo', async () => {
  const way = await wholeWay('deploy-names-missing-alias', { fix: 'put-back-deployment', before: keepNow });
  expect((await way.change()).plan.preview.join()).toMatch(/GET \/orders leads to orders:live instead of orders:next/);
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});

test('nothing was kept: advice only', async () => {
  await expect(wholeWay('deploy-names-missing-alias', { fix: 'put-back-deployment', decidedWithinMs: 300_000 })).rejects.toThrow(
    /was not decided: confirmed lambda-not-found/,
  );
});
