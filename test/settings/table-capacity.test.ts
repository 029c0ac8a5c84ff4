// table-capacity against the sandbox's DynamoDB: UPDATING for some seconds, and what a read in between is worth.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { err, ok } from '../../lib/model/result.ts';
import { createAccount, type Account } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import capacity, { capacityUsdPerHour, type TableTarget } from '../../lib/settings/table-capacity.ts';

const minute = 60_000;
const [one, ten] = [
  { readUnits: 1, writeUnits: 1 },
  { readUnits: 1, writeUnits: 10 },
];
const target: TableTarget = { accountId: '111122223333', region: 'us-east-1', tableName: 'items', bought: one };
let clock: SimulatedClock;
let account: Account;
let aws: Aws<CallName>;
beforeEach(() => {
  clock = new SimulatedClock(Date.UTC(2026, 10, 20, 12));
  account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7, latency: false });
  account.services.putTable('items', { key: 'id', writeUnits: 1 });
  const declared: CallName[] = [
    ...capacity.calls.read,
    ...capacity.calls.write,
    'cloudwatch:GetMetricData',
    'application-autoscaling:DescribeScalableTargets',
  ];
  aws = awsClient<CallName>({
    attempt: account.attempt('admin'),
    clock,
    random: () => 0,
    declared,
  });
});
const later = () => clock.runUntil(clock.now() + minute);

describe('table-capacity', () => {
  test('raised, settled, put back: the account is as it was', async () => {
    const before = account.snapshot();
    expect(await capacity.read(aws, target)).toEqual(ok({ value: one }));
    expect(await capacity.write(aws, target, one, ten)).toEqual(ok(undefined));
    expect(await capacity.settled(aws, target, ten)).toEqual(ok('settling'));
    await later();
    expect(await capacity.settled(aws, target, ten)).toEqual(ok('settled'));
    expect(await capacity.write(aws, target, ten, one)).toEqual(ok(undefined));
    await later();
    expect(await capacity.read(aws, target)).toEqual(ok({ value: one }));
    expect(account.snapshot()).toEqual(before);
  });

  test('while it is UPDATING it is on its way from what it shows: to the goal for who raised it, not back yet for who takes it back', async () => {
    await capacity.write(aws, target, one, ten);
    const now = await capacity.read(aws, target);
    expect(now).toEqual(ok({ value: { ...one, leaving: true } }));
    const value = now.ok ? now.value.value : 'absent';
    expect(capacity.same(value, ten)).toBe(true);
    expect(capacity.same(value, one)).toBe(false);
  });

  test('a second update while one is under way is tried again later, not given up', async () => {
    await capacity.write(aws, target, one, ten);
    expect(await capacity.write(aws, target, ten, one)).toMatchObject({
      ok: false,
      error: { kind: 'down', name: 'ResourceInUseException' },
    });
  });

  test('a table that came to another number than ours says so', async () => {
    expect(await capacity.settled(aws, target, ten)).toEqual(ok({ failed: 'the table items came to 1 read and 1 write units a second' }));
  });

  test('on demand, or gone, it is absent; the billing mode is never switched', async () => {
    expect(await capacity.read(aws, { ...target, tableName: 'none' })).toEqual(ok({ value: 'absent', gone: 'the table none' }));
    account.services.putTable('items', { key: 'id' });
    expect(await capacity.read(aws, target)).toEqual(ok({ value: 'absent' }));
    expect(await capacity.write(aws, target, one, 'absent')).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  test('is steered where Application Auto Scaling has the table; an unread answer is no no', async () => {
    expect(await capacity.managed?.(aws, target)).toEqual(ok(undefined));
    account.services.steerTable('items');
    expect(await capacity.managed?.(aws, target)).toEqual(ok('Application Auto Scaling'));
    const refusing: Aws<CallName> = { call: async (call) => err({ kind: 'denied', call, name: 'no', message: '' }) };
    expect(await capacity.managed?.(refusing, target)).toMatchObject({ ok: false });
  });

  test.each([
    [{ read: [0], write: [47] }, false],
    [{ read: [0], write: [10, 49] }, true],
    [{ read: [49], write: [0] }, true],
    [{ read: [], write: [] }, false],
  ])('is in use where it would throttle again without: %#', async (used, is) => {
    const answering: Aws<CallName> = {
      call: async () => ok({ MetricDataResults: Object.entries(used).map(([Id, Values]) => ({ Id, Values })) }) as never,
    };
    expect(await capacity.inUse?.(answering, target, ten, { from: 0, to: 1 })).toEqual(ok(is));
  });

  test('costs what it costs more than before', () => {
    expect(capacity.usdPerHour?.(target, ten)).toBeCloseTo(9 * 0.00065, 10);
    expect(capacity.usdPerHour?.(target, one)).toBe(0);
    expect(capacity.usdPerHour?.({ ...target, bought: ten }, one)).toBe(0);
    expect(capacityUsdPerHour({ readUnits: 100, writeUnits: 0 })).toBeCloseTo(0.013, 10);
  });

  test('is shown in words, and done by hand with one command', () => {
    expect(capacity.show(target, one, ten)).toBe('table items: 1 read and 1 write units a second → 1 read and 10 write units a second');
    expect(capacity.byHand(target, one, ten)).toBe(
      'aws dynamodb update-table --table-name items --provisioned-throughput ReadCapacityUnits=1,WriteCapacityUnits=10 --region us-east-1',
    );
    expect(capacity.snippets(target, ten, { ...target, apiType: 'REST', apiId: 'a', stage: 's' }).map((s) => s.title)).toEqual([
      'CDK',
      'CloudFormation',
      'Terraform',
    ]);
  });
});
