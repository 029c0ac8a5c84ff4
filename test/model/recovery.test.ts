// The rule for "5xx recovered": the interval against published values, and the edges of the rule.
import { describe, expect, test } from 'vitest';
import type { GatewayMetrics } from '../../lib/model/kinds/api.ts';
import { allowedShare, lastFailingMinuteEnd, recovery, trafficIn, wilson } from '../../lib/model/recovery.ts';

const minute = 60_000;
const empty = { at: [], values: [] };
/** Minutes from 0: [requests, 5xx] each; undefined leaves the datapoint out. */
const metricsOf = (minutes: readonly (readonly [number | undefined, number | undefined])[]): GatewayMetrics => {
  const series = (pick: 0 | 1) => {
    const points = minutes.flatMap((m, i) => (m[pick] === undefined ? [] : [{ at: i * minute, value: m[pick] }]));
    return { at: points.map((p) => p.at), values: points.map((p) => p.value) };
  };
  return {
    periodMs: minute,
    count: series(0),
    serverErrors: series(1),
    clientErrors: empty,
    latencyMaxMs: empty,
    integrationLatencyMaxMs: empty,
  };
};
const none = { requests: 0, failures: 0, minutes: 0 };
const judge = (
  minutes: readonly (readonly [number | undefined, number | undefined])[],
  more: Partial<Parameters<typeof recovery>[0]> = {},
) =>
  recovery({
    metrics: metricsOf(minutes),
    since: { from: 0, to: minutes.length * minute },
    baseline: none,
    during: { requests: 100, failures: 100, minutes: 1 },
    ...more,
  });

describe('the Wilson interval', () => {
  // 0/10 and 5/10: Newcombe 1998, table of method 3 (score without continuity correction)
  test.each([
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [81, 263, 0.2553, 0.3662],
    [1, 29, 0.0061, 0.1718],
  ] as const)('%i of %i', (hits, trials, lower, upper) => {
    expect(wilson(hits, trials).lower).toBeCloseTo(lower, 3);
    expect(wilson(hits, trials).upper).toBeCloseTo(upper, 3);
  });
  test('nothing is known without trials', () => expect(wilson(0, 0)).toEqual({ lower: 0, upper: 1 }));
});

describe('recovery', () => {
  test('no traffic is not recovered', () =>
    expect(
      judge([
        [undefined, undefined],
        [0, 0],
      ]),
    ).toMatchObject({ is: 'tooLittle', since: { requests: 0 } }));
  test('29 good requests are too few; 40 are enough', () => {
    expect(judge([[29, undefined]]).is).toBe('tooLittle');
    expect(judge([[40, undefined]])).toMatchObject({ is: 'recovered', since: { requests: 40, failures: 0 } });
  });
  test('a few failures among many still count as recovered, many do not', () => {
    expect(
      judge([
        [200, 5],
        [200, 5],
      ]).is,
    ).toBe('recovered');
    expect(
      judge([
        [200, 100],
        [200, 100],
      ]).is,
    ).toBe('failing');
  });
  test('twice the usual share is allowed where more than a tenth usually fails', () => {
    expect(allowedShare({ requests: 100, failures: 20, minutes: 5 })).toBeCloseTo(0.4);
    expect(
      judge(
        [
          [200, 60],
          [200, 60],
        ],
        { baseline: { requests: 100, failures: 20, minutes: 5 } },
      ).is,
    ).toBe('recovered');
  });
  test('one failing minute does not say it fails; a burst that ends is not judged by how it began', () => {
    expect(judge([[100, 100]]).is).toBe('tooLittle');
    expect(
      judge([
        [100, 100],
        [100, 0],
      ]).is,
    ).toBe('tooLittle');
    expect(judge([[100, 100], [100, 0], ...Array.from({ length: 12 }, () => [100, 0] as const)]).is).toBe('recovered');
  });
  test('worse only where it is surely worse than before', () => {
    expect(
      judge(
        [
          [100, 60],
          [100, 60],
        ],
        { during: { requests: 100, failures: 55, minutes: 2 } },
      ),
    ).toMatchObject({ is: 'failing', worse: false });
    expect(
      judge(
        [
          [100, 90],
          [100, 90],
        ],
        { during: { requests: 100, failures: 20, minutes: 2 } },
      ),
    ).toMatchObject({ is: 'failing', worse: true });
  });
  test('only whole minutes of the window count, whatever their order', () => {
    const metrics = metricsOf([
      [10, 10],
      [20, 0],
      [30, 0],
    ]);
    expect(trafficIn(metrics, { from: minute, to: 3 * minute - 1 })).toEqual({ requests: 20, failures: 0, minutes: 1 });
    const turned = { ...metrics, count: { at: [...metrics.count.at].reverse(), values: [...metrics.count.values].reverse() } };
    expect(trafficIn(turned, { from: 0, to: 3 * minute })).toEqual({ requests: 60, failures: 10, minutes: 3 });
  });
  test('the end of the last failing minute', () => {
    expect(
      lastFailingMinuteEnd(
        metricsOf([
          [10, 1],
          [10, 2],
          [10, 0],
        ]),
      ),
    ).toBe(2 * minute);
    expect(lastFailingMinuteEnd(metricsOf([[10, 0]]))).toBeUndefined();
  });
});
