// What is kept of a definition, and what putting it back would change, in words.
import { expect, test } from 'vitest';
import { changesTo, keptOf, keptRoutes } from '../../lib/model/kept.ts';
import { api, now, route } from '../collectors/fake-aws.ts';

const one = route('/orders', 'orders', 'live');

test('keeps where routes lead, and a print of the rest', () => {
  const kept = keptOf(api([one], { deploymentId: 'd1' }), now);
  expect(kept).toMatchObject({
    deploymentId: 'd1',
    keptAt: now,
    routes: [{ name: 'GET /orders', leadsTo: 'orders:live', timeoutMs: 29_000 }],
  });
  expect(JSON.stringify(kept)).not.toContain('AWS_PROXY');
});
test('keeps no definition that is not known as a whole', () => {
  expect(keptOf(api([one]), now)).toBeUndefined();
  expect(keptOf(api([one], { deploymentId: 'd1', partial: true }), now)).toBeUndefined();
  expect(keptOf(api([one], { deploymentId: 'd1', edited: true }), now)).toBeUndefined();
  expect(
    keptOf(
      api(
        Array.from({ length: 501 }, (_, n) => route(`/${n}`, 'f')),
        { deploymentId: 'd1' },
      ),
      now,
    ),
  ).toBeUndefined();
});
test('tells what would change', () => {
  const before = [
    one,
    route('/old', 'old'),
    route('/slow', 'slow', undefined, 29_000),
    { ...route('/other', 'other'), authorizer: 'Guard' },
    { method: 'GET', path: '/none' },
  ];
  const served = [
    route('/orders', 'orders', 'next'),
    route('/new', 'new'),
    route('/slow', 'slow', undefined, 3000),
    route('/other', 'other'),
    route('/none', 'some'),
  ];
  expect(changesTo(keptRoutes(before), keptRoutes(served))).toEqual([
    'GET /new goes',
    'GET /none leads to nothing instead of some',
    'GET /old comes back',
    'GET /orders leads to orders:live instead of orders:next',
    'GET /other differs otherwise',
    'GET /slow waits 29 s instead of 3 s',
  ]);
  expect(changesTo(keptRoutes(before), keptRoutes(before))).toEqual([]);
});
