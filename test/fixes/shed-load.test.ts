// shed-load: how much is let in, when it steps aside, and the whole way.
import { describe, expect, test } from 'vitest';
import fix from '../../lib/fixes/shed-load.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { ok } from '../../lib/model/result.ts';
import { now, rest } from '../collectors/fake-aws.ts';
import { planInput } from './plan-input.ts';
import { wholeWay } from './whole-way.ts';

const minute = 60_000;
const window = { from: 0, to: now };
const series = (...values: readonly number[]) => ({ at: values.map((_, n) => n * minute), values });
const orders = { accountId: rest.accountId, region: rest.region, name: 'orders', qualifier: 'live' };
const route = (method: string, path = '/orders') => ({
  method,
  path,
  integration: { type: 'AWS_PROXY' as const, timeoutMs: 29_000, function: orders },
});

interface Given {
  readonly routes?: readonly object[];
  readonly responses?: Readonly<Record<string, string>>;
  readonly throttling?: object;
  readonly invocations?: readonly number[];
  readonly throttles?: readonly number[];
  readonly atOnce?: number;
  readonly stands?: unknown;
  readonly over?: object;
}
/** Four minutes: the first is whole, then a minute in which it began, and two in which 600 were served and 300 turned away. */
const plan = (g: Given = {}) => {
  const api = { routes: g.routes ?? [route('GET')], gatewayResponses: g.responses ?? {}, throttling: g.throttling ?? {} };
  const functions = {
    'orders:live': {
      invocations: series(...(g.invocations ?? [300, 450, 600, 600])),
      errors: series(0, 0, 0, 0),
      throttles: series(...(g.throttles ?? [0, 40, 300, 300])),
      durationMaxMs: series(900, 900, 900, 900),
      concurrentMax: series(4, ...[20, 20, 20].map((n) => g.atOnce ?? n)),
    },
  };
  const gateway = { count: series(300, 500, 900, 900), serverErrors: series(0, 40, 300, 300), clientErrors: series(0, 0, 0, 0) };
  const { evidence = {}, ...over } = (g.over ?? {}) as { evidence?: object };
  return fix.plan(
    planInput({
      diagnosis: { cause: 'lambda-throttled', certainty: 'confirmed' },
      read: async () => ok({ value: g.stands ?? 'absent' }),
      evidence: {
        deployedApi: got({ variables: {}, tags: {}, executionLogging: 'OFF', ...api }, window, 'aws'),
        gatewayMetrics: got(gateway, window, 'aws'),
        functionMetrics: got({ periodMs: minute, functions }, window, 'aws'),
        serviceMetrics: missing('empty', 'none'),
        ...evidence,
      },
      ...over,
    }),
  );
};
const reason = async (g: Given): Promise<string> => {
  const planned = await plan(g);
  return planned.ok ? JSON.stringify(planned.value) : planned.error.reason;
};

describe('plan', () => {
  test('four fifths of what was served a second while calls were turned away, and the rest at once', async () =>
    expect(await plan()).toMatchObject({
      value: [{ setting: 'stage-throttling', target: { route: 'GET /orders' }, from: 'absent', to: { rate: 8, burst: 4 } }],
    }));
  test('every route that leads there, and no other', async () => {
    const mock = { method: 'OPTIONS', path: '/orders', integration: { type: 'MOCK', timeoutMs: 29_000 } };
    const planned = await plan({ routes: [route('GET'), route('ANY', '/{proxy+}'), mock] });
    expect(planned.ok && planned.value.map((c) => (c.target as { route: string }).route)).toEqual(['GET /orders', 'ANY /{proxy+}']);
  });
  test('a limit that stands is lowered from what it is', async () =>
    expect(await plan({ stands: { rate: 50, burst: 50 } })).toMatchObject({ value: [{ from: { rate: 50, burst: 50 } }] }));
  test.each<[string, Given, RegExp]>([
    ['a lower limit of the route', { stands: { rate: 6, burst: 6 } }, /GET \/orders has a limit of 6 a second already/],
    ['a lower limit of the stage', { throttling: { '*': { rate: 5 } } }, /has a limit of 5 a second already/],
    ['throttled requests that are answered with 5xx', { responses: { THROTTLED: '503' } }, /answered with 503 here/],
    ['all 4xx that are answered with 5xx', { responses: { DEFAULT_4XX: '500' } }, /answered with 500 here/],
    ['next to nothing served', { invocations: [300, 100, 30, 30] }, /served 0\.5 calls a second, about 20 at once/],
    ['next to none at once', { atOnce: 2 }, /served 10\.0 calls a second, about 2 at once/],
    ['nothing that was turned away', { throttles: [0, 0, 0, 0] }, /not seen yet/],
    ['no metrics of the stage', { over: { evidence: { gatewayMetrics: missing('denied', 'denied it') } } }, /denied it/],
    ['no metrics of functions', { over: { evidence: { functionMetrics: missing('denied', 'denied it') } } }, /not seen yet/],
    ['no deployment', { over: { evidence: { deployedApi: missing('denied', 'denied it') } } }, /denied it/],
    ['many routes', { routes: Array.from({ length: 11 }, (_, n) => route('GET', `/orders/${n}`)) }, /11 routes lead to what is overloaded/],
  ])('steps aside for %s', async (_what, given, says) => expect(await reason(given)).toMatch(says));
});

test.each([true, false])('what is overloaded is left in peace, proven, and the limit goes by an undo (logs: %s)', async (logs) => {
  const way = await wholeWay('slower-than-reserved', { fix: 'shed-load', logs });
  expect(way.proof).toBe('close');
  expect((await way.change()).step).toBe('verified');
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});
