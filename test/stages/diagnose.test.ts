// Diagnosis as a function: free of the catalogue's order, honest about what is missing, careful about "fails now".
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { causes } from '../../lib/causes/index.ts';
import type { Cause, Verdict } from '../../lib/model/cause.ts';
import type { Gathered } from '../../lib/model/evidence.ts';
import { diagnose, failingNow, judge } from '../../lib/stages/looking/diagnose.ts';
import {
  at,
  burst,
  config,
  deployed,
  evidence,
  fact,
  gateway,
  key,
  lacks,
  line,
  log,
  metrics,
  minute,
  now,
  orders,
  policy,
  route,
} from '../causes/evidence.ts';

const by = [{ kind: 'functionPolicy', trust: 'aws', says: 'x' }] as const;
const made = (id: string, verdict: Verdict, explains: readonly string[] = []): Cause => ({
  id,
  title: id,
  about: { is: '', told: '', withoutLogs: '' },
  looksAt: [],
  explains,
  clues: [{ kind: 'line', in: ['execution'], gates: ['boom'], line: /boom/, source: 'messages.md' }],
  confirm: () => verdict,
  healed: () => ({ is: 'tooEarly', missing: [] }),
  advice: () => ({ summary: '', steps: [], snippets: [] }),
});
const boom = [line('execution', 'boom')];
const confirmed = (explains?: number): Verdict => ({ is: 'confirmed', facts: {}, by, ...(explains === undefined ? {} : { explains }) });
const ask = (list: readonly Cause[]) => diagnose({ gathered: {}, at, lines: boom, now, causes: list });

describe('the root', () => {
  it('is not what another confirmed cause explains', () => {
    expect(ask([made('a', confirmed(100)), made('b', confirmed(1), ['a'])])).toMatchObject({ cause: 'b', certainty: 'confirmed' });
  });
  it('explains the most failures, then stands first by id', () => {
    expect(ask([made('a', confirmed(1)), made('b', confirmed(2))]).cause).toBe('b');
    expect(ask([made('b', confirmed(2)), made('a', confirmed(2))]).cause).toBe('a');
  });
  it('is a suspicion when nothing is proven, and unknown when all is ruled out', () => {
    expect(ask([made('a', { is: 'unproven', missing: [] }), made('b', { is: 'ruledOut', by })])).toMatchObject({
      cause: 'a',
      certainty: 'suspected',
    });
    expect(ask([made('b', { is: 'ruledOut', by })])).toMatchObject({ cause: 'unknown', certainty: 'unknown', suspects: [{ id: 'b' }] });
  });
  it('prefers evidence that agrees among equal clues', () => {
    expect(ask([made('a', { is: 'unproven', missing: [] }), made('b', { is: 'unproven', missing: [], facts: {} })]).cause).toBe('b');
  });
});

const situations: readonly Gathered[] = [
  evidence(),
  evidence({ functionPolicy: policy() }),
  evidence({
    functionMetrics: metrics({ [key]: { errors: [0, 50], throttles: [0, 50], durationMaxMs: [80, 10_000] } }),
    gatewayMetrics: gateway({ integrationLatencyMaxMs: [80, 29_000] }),
  }),
  evidence({
    functionConfig: config({ [key]: { ref: orders, exists: false } }),
    executionLog: log(line('execution', 'Execution failed due to configuration error: Invalid permissions on Lambda function')),
  }),
  evidence({ deployedApi: lacks('throttled'), functionConfig: lacks('throttled') }),
];
prop.prop([
  fc.shuffledSubarray([...causes], { minLength: causes.length }),
  fc.integer({ min: 0, max: situations.length - 1 }),
  fc.boolean(),
])('does not depend on the order of the catalogue', (shuffled, n, widened) => {
  const gathered = situations[n] ?? {};
  expect(diagnose({ gathered, at, lines: [], now, causes: shuffled, widened })).toEqual(
    diagnose({ gathered, at, lines: [], now, widened }),
  );
});

describe('what is missing', () => {
  it('is named with its reason, and has a next probe', () => {
    const d = diagnose({
      gathered: evidence({ functionPolicy: lacks('denied'), functionMetrics: lacks('late') }),
      at,
      lines: [line('execution', 'Execution failed due to configuration error: Invalid permissions on Lambda function')],
      now,
    });
    expect(d.missing).toContainEqual({ kind: 'functionPolicy', why: 'denied', detail: 'denied, says the test' });
    expect(d.missing).toContainEqual({ kind: 'functionMetrics', why: 'late', detail: 'late, says the test' });
    expect(d.nextProbe).toBe('allow Gatemedic to read what it was denied: denied, says the test');
  });
  it('names functions that were not looked at', () => {
    const many = deployed(...Array.from({ length: 12 }, (_, n) => route(`/${n}`, { ...orders, name: `f${n}` })));
    expect(diagnose({ gathered: evidence({ deployedApi: many }), at, lines: [], now }).missing).toContainEqual({
      kind: 'functionConfig',
      why: 'overBudget',
      detail: '2 of 12 functions of this stage were not looked at',
    });
  });
  it('names what was denied for one function only', () => {
    const partly = config({ [key]: fact() });
    const gathered = evidence({
      functionConfig:
        partly.state === 'got'
          ? { ...partly, value: { ...partly.value, notHad: { other: { state: 'missing', why: 'denied', detail: 'no' } } } }
          : partly,
    });
    expect(diagnose({ gathered, at, lines: [], now }).missing).toContainEqual({
      kind: 'functionConfig',
      why: 'denied',
      detail: 'other: no',
    });
  });
});

describe('whether it fails now', () => {
  const with5xx = (counts: Readonly<Record<number, readonly [number, number]>>): Gathered => {
    const points = Object.entries(counts)
      .map(([ago, [count, errors]]) => ({ at: now - Number(ago) * minute, count, errors }))
      .sort((a, b) => a.at - b.at);
    const series = (pick: (p: (typeof points)[number]) => number) => ({ at: points.map((p) => p.at), values: points.map(pick) });
    const none = { at: [], values: [] };
    return {
      gatewayMetrics: {
        state: 'got',
        trust: 'aws',
        from: now - 600_000,
        to: now,
        value: {
          periodMs: minute,
          count: series((p) => p.count),
          serverErrors: series((p) => p.errors),
          clientErrors: none,
          latencyMaxMs: none,
          integrationLatencyMaxMs: none,
        },
      },
    };
  };
  const asks = (counts: Parameters<typeof with5xx>[0], lastFailureAt = now - 10 * minute) =>
    failingNow({ gathered: with5xx(counts), now, lastFailureAt, lines: [] });
  it('yes: 5xx in the last complete minutes', () => {
    expect(asks({ 5: [10, 0], 4: [10, 3], 3: [10, 1] })).toBe(true);
    expect(asks({ 1: [10, 1] })).toBe(true);
  });
  it('no: two whole minutes with traffic and without 5xx, after the last failure', () => {
    expect(asks({ 6: [10, 5], 5: [10, 0], 4: [10, 0], 3: [10, 0] })).toBe(false);
  });
  it('unknown: no traffic, too early, or quiet only before the last failure a signal told of', () => {
    expect(asks({ 6: [10, 5] })).toBeUndefined();
    expect(asks({ 6: [10, 5], 5: [10, 0] })).toBeUndefined();
    expect(asks({ 5: [10, 0], 4: [10, 0], 3: [10, 0] }, now - minute)).toBeUndefined();
    expect(failingNow({ gathered: { gatewayMetrics: lacks('denied') }, now, lines: [] })).toBeUndefined();
  });
});

it('makes suspects of lines that came with the signals alone', () => {
  const lines = [line('execution', '(r) Execution failed due to a timeout error', burst[0])];
  const ids = judge({ gathered: {}, at, lines }).map((j) => j.cause.id);
  expect(ids).toContain('integration-timeout');
  expect(ids).not.toContain('lambda-permission-missing');
});
