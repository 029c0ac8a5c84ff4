// turn-on-error-logging: when it is planned, when it steps aside, and the whole way of a stage that was blind.
import { describe, expect, test } from 'vitest';
import { got, missing } from '../../lib/model/evidence.ts';
import { err, ok } from '../../lib/model/result.ts';
import fix from '../../lib/fixes/turn-on-error-logging.ts';
import { rest, http, now } from '../collectors/fake-aws.ts';
import { wholeWay } from './whole-way.ts';

const span = { from: now, to: now };
type Input = Parameters<typeof fix.plan>[0];
const input = (over: Partial<Input> = {}, logsRole = true): Input => ({
  id: 'inc-1',
  at: rest,
  diagnosis: { cause: 'unknown', certainty: 'unknown', at: now, failing: true, missing: [], suspects: [] },
  facts: undefined,
  evidence: { executionLog: missing('notEnabled', 'off'), accountLimits: got({ rate: 10_000, logsRole }, span, 'aws') },
  caps: { usdPerHour: 1, usdPerDay: 1, warmEnvironments: 1 },
  now,
  read: async () => ok({ value: 'absent' }),
  ...over,
});
const reason = async (over: Partial<Input>, logsRole?: boolean): Promise<string> => {
  const planned = await fix.plan(input(over, logsRole));
  return planned.ok ? 'it was planned' : planned.error.reason;
};

describe('plan', () => {
  test('ERROR, from whatever stands there', async () => {
    expect(await fix.plan(input())).toMatchObject({ value: [{ setting: 'stage-logging', from: 'absent', to: { level: 'ERROR' } }] });
    expect(await fix.plan(input({ read: async () => ok({ value: { level: 'OFF' } }) }))).toMatchObject({
      value: [{ from: { level: 'OFF' } }],
    });
  });
  test('steps aside, in a sentence', async () => {
    expect(await reason({ at: http })).toMatch(/HTTP API writes no execution log/);
    expect(await reason({}, false)).toMatch(/no role by which API Gateway writes logs/);
    expect(await reason({ read: async () => ok({ value: { level: 'INFO' } }) })).toMatch(/logs already \(INFO\)/);
    expect(await reason({ read: async () => err({ reason: 'denied' }) })).toBe('denied');
    const evidence = { ...input().evidence, accountLimits: missing('denied', 'GetAccount denied') };
    expect(await reason({ evidence })).toMatch(/could not be read: GetAccount denied/);
  });
});

test('unasked: not for a burst of seconds, nor when nothing fails any more', () => {
  const at = (firstFailureAt: number, lastFailureAt: number, returned = 0) =>
    fix
      .unasked?.({
        ...input(),
        changes: [],
        firstFailureAt,
        lastFailureAt,
        returned,
        deployPrincipals: [],
      })
      .map((o) => o.id);
  expect(at(now - 180_000, now - 60_000)).toEqual([]);
  expect(at(now - 30_000, now)).toEqual(['brief']);
  expect(at(now - 30_000, now, 1)).toEqual([]);
  expect(at(now - 900_000, now - 360_000)).toEqual(['not-seen-failing']);
});

test('a blind stage is told to log, the next look confirms what was only suspected, and the level goes as it came', async () => {
  const way = await wholeWay('authorizer-malformed-policy', { fix: 'turn-on-error-logging', logs: false });
  expect((await way.change()).plan).toMatchObject({ fix: 'turn-on-error-logging', gains: true });
  expect(way.proof).toBe('investigate');
  await way.broken.clock.runUntil(way.broken.clock.now() + 120_000);
  expect((await way.look()).diagnosis).toMatchObject({ cause: 'authorizer-error', certainty: 'confirmed' });
  expect(await way.undo()).toBe('undone');
  expect(way.broken.shop.account.snapshot()).toEqual(way.before);
});
