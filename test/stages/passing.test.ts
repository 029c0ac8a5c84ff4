// Trouble that passes: when a round that finds no cause says so, and when it only watches; and what becomes of a question whose cause is gone.
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../lib/model/cause.ts';
import type { Gathered } from '../../lib/model/evidence.ts';
import { remembered, toldDiagnosis, type Incident } from '../../lib/model/incident.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { isQuiet } from '../../lib/stages/telling/card.ts';
import { passing } from '../../lib/stages/weighing/passing.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop } from '../laws/workshop.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 20, 12, 0, 0);
const unknown: Diagnosis = { cause: 'unknown', certainty: 'unknown', at: now, suspects: [], missing: [] };
const named: Diagnosis = { ...unknown, cause: 'lambda-permission-missing', certainty: 'confirmed', at: now - 5 * minute };
const seen = (lastFailureMsAgo: number, more: Partial<Incident> = {}) => ({
  from: 'log' as const,
  lines: [],
  lastFailureAt: now - lastFailureMsAgo,
  ...more,
});
/** Metrics whose newest failing minute began so long ago. */
const metrics = (failingMinuteMsAgo: number): Gathered => {
  const series = (values: number[]) => ({ at: values.map(() => now - failingMinuteMsAgo), values });
  return {
    gatewayMetrics: {
      state: 'got',
      from: now - 10 * minute,
      to: now,
      trust: 'aws',
      value: {
        periodMs: minute,
        count: series([9]),
        serverErrors: series([9]),
        clientErrors: series([]),
        latencyMaxMs: series([]),
        integrationLatencyMaxMs: series([]),
      },
    },
  };
};

describe('a round without a cause', () => {
  test('watches when metrics say that nothing fails', () => {
    expect(passing(seen(120_000), { ...unknown, failing: false }, {}, now)).toBe('no request has failed for 120 s');
  });
  test('watches when log lines have been silent for longer than they take', () => {
    expect(passing(seen(91_000), { ...unknown, failing: true }, {}, now)).toBe('no failed request was seen for 91 s');
    expect(passing(seen(89_000), { ...unknown, failing: true }, {}, now)).toBeUndefined();
  });
  test('metrics that show a newer failing minute than the lines count', () => {
    expect(passing(seen(10 * minute), { ...unknown, failing: true }, metrics(80_000), now)).toBeUndefined();
    expect(passing(seen(10 * minute), { ...unknown, failing: true }, metrics(100_000), now)).toBe('no failed request was seen for 100 s');
  });
  test('an alarm that is silent says nothing, unless metrics can be seen', () => {
    expect(passing(seen(20 * minute, { from: 'alarm' }), unknown, {}, now)).toBeUndefined();
    expect(passing(seen(20 * minute, { from: 'alarm' }), unknown, metrics(5 * minute), now)).toContain('no failed request was seen');
    expect(passing(seen(20 * minute, { from: 'alarm' }), unknown, metrics(3 * minute), now)).toBeUndefined();
  });
  test('watches when the cause that was found is gone, until a request fails after that', () => {
    const gone = { named, goneAt: now - 60_000 };
    expect(passing(seen(70_000, gone), { ...unknown, failing: true }, {}, now)).toContain(
      'lambda-permission-missing is not found any more',
    );
    expect(passing(seen(20_000, gone), { ...unknown, failing: true }, {}, now)).toBeUndefined();
    expect(passing(seen(20_000, { named }), { ...unknown, failing: true }, {}, now)).toBeUndefined();
  });
  test('never where a cause is named', () => {
    expect(passing(seen(10 * minute), { ...named, failing: false }, {}, now)).toBeUndefined();
  });
});

describe('what an incident keeps of it', () => {
  const other: Diagnosis = { ...named, cause: 'lambda-throttled', suspects: [], at: now };

  test('the first look that missed the cause, until a cause is found again', () => {
    expect(remembered({ named }, unknown, 0).goneAt).toBe(now);
    expect(remembered({ named, goneAt: now - 1 }, unknown, 0).goneAt).toBe(now - 1);
    expect(remembered({ named, goneAt: now - 1 }, named, 0).goneAt).toBeUndefined();
    expect(remembered({}, unknown, 0).goneAt).toBeUndefined();
  });
  test('a confirmed cause that is gone was mended: what else explains the old failures is a suspicion, and takes no name away', () => {
    const after = remembered({ named }, other, now - 60_000);
    expect(after).toMatchObject({ named: { cause: named.cause }, goneAt: now, diagnosis: { cause: other.cause, certainty: 'suspected' } });
    expect(toldDiagnosis(after)?.cause).toBe(named.cause);
  });
  test('something fails after that: the other cause counts', () => {
    const after = remembered({ named, goneAt: now - 60_000 }, other, now - 1);
    expect(after).toEqual({ named: other, diagnosis: other });
  });
  test('a cause beside it that is the root takes the name while the first is still there', () => {
    const still = { id: named.cause, clues: [], verdict: { is: 'confirmed' as const, facts: {}, by: [] } };
    const both = { ...other, suspects: [still] };
    expect(remembered({ named }, both, now - 60_000).named?.cause).toBe(both.cause);
  });
  test('a person goes on reading what was found, not that nothing is known', () => {
    const diagnosis = { ...unknown, failing: true };
    const watched = { at: now, because: [], do: 'wait' as const, untilAt: now, passing: true as const };
    expect(toldDiagnosis({ diagnosis, named, decision: watched })).toBe(named);
    expect(toldDiagnosis({ diagnosis, named })).toBe(diagnosis);
  });
  test('tells what was proven while it failed, when the last look only says so more weakly', () => {
    const weaker: Diagnosis = { ...named, certainty: 'suspected', failing: false };
    expect(toldDiagnosis({ diagnosis: weaker, named })).toBe(named);
    const failing: Diagnosis = { ...weaker, failing: true };
    expect(toldDiagnosis({ diagnosis: failing, named })).toBe(failing);
    const another: Diagnosis = { ...weaker, cause: 'lambda-throttled' };
    expect(toldDiagnosis({ diagnosis: another, named })).toBe(another);
  });
});

const permissionFault = faultOf('re-add-invoke-permission');
const opened = async () => {
  const shop = await openWorkshop({ fault: permissionFault, installation: { mode: 'ask' } });
  const run = () => shop.run(decide.run(shop.world('decide'), { incidentId: 'inc-law' })) as Promise<Routed>;
  const read = async (): Promise<Incident> => {
    const row = await rows.incident.get(shop.store, 'inc-law');
    if (!row) throw new Error('no incident');
    return row.value;
  };
  const look = (diagnosis: Partial<Diagnosis>) =>
    rows.incident.update(shop.store, 'inc-law', (i) => ({
      ...i,
      diagnosis: { ...shop.diagnosis, cause: 'unknown', certainty: 'unknown', ...diagnosis },
      lastFailureAt: shop.clock.now() - 200_000,
    }));
  await rows.evidence.upsert(shop.store, 'inc-law', () => ({ at: 0, gathered: { ...shop.evidence, gatewayMetrics: undefined } as never }));
  return { shop, run, read, look };
};

describe('decide', () => {
  test('a blip that nobody heard of is watched in silence and leaves no outcome behind', async () => {
    const { run, read, look } = await opened();
    await look({ suspects: [], failing: false });
    expect((await run()).next).toBe('wait');
    const incident = await read();
    expect(incident.decision).toMatchObject({ do: 'wait', passing: true });
    expect(incident.standing).toBeUndefined();
    expect(isQuiet(incident)).toBe(true);
  });
  test('a dismissed question stays how it ends while the owner’s own mending is watched', async () => {
    const { run, read, look } = await opened();
    await run();
    await look({ suspects: [], failing: false });
    await run();
    expect((await read()).standing).toBe('asked');
  });
  test('a question stands while its cause could only not be seen; ruled out, it is withdrawn', async () => {
    const { shop, run, read, look } = await opened();
    await run();
    await look({ suspects: [], failing: false });
    expect((await run()).next).toBe('ask');
    expect((await read()).question?.state).toBe('pending');
    const ruledOut = {
      is: 'ruledOut' as const,
      by: [{ kind: 'functionPolicy' as const, trust: 'aws' as const, says: 'the statement is there' }],
    };
    await look({ suspects: [{ id: shop.diagnosis.cause, clues: [], verdict: ruledOut }], failing: false });
    expect((await run()).next).toBe('wait');
    expect((await read()).question?.state).toBe('withdrawn');
    expect((await read()).standing).toBe('asked');
  });
});
