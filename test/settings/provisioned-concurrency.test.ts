// provisioned-concurrency against the sandbox's Lambda: two to three minutes until READY, and AWS's own refusals.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { err, ok } from '../../lib/model/result.ts';
import warm, { warmUsdPerHour, type WarmTarget } from '../../lib/settings/provisioned-concurrency.ts';
import { openAccount, startAt } from '../laws/workshop.ts';

const target: WarmTarget = { accountId: '111122223333', region: 'us-east-1', functionName: 'orders', qualifier: 'live', memoryMb: 1024 };
const ten = { environments: 10 };
let clock: SimulatedClock;
let account: ReturnType<typeof openAccount>;
let aws: Aws<CallName>;
beforeEach(() => {
  clock = new SimulatedClock(startAt);
  account = openAccount(clock);
  aws = awsClient<CallName>({
    attempt: account.attempt('admin'),
    clock,
    random: () => 0,
    declared: [...warm.calls.read, ...warm.calls.write, 'cloudwatch:GetMetricData'],
  });
});

describe('provisioned-concurrency', () => {
  test('put, settles when READY, deleted: the account is as it was', async () => {
    await clock.runUntil(clock.now() + 60_000);
    const before = account.snapshot();
    expect(await warm.read(aws, target)).toEqual(ok({ value: 'absent' }));
    expect(await warm.write(aws, target, 'absent', ten)).toEqual(ok(undefined));
    expect(await warm.read(aws, target)).toEqual(ok({ value: ten }));
    expect(await warm.settled(aws, target, ten)).toEqual(ok('settling'));
    await clock.runUntil(clock.now() + 5 * 60_000);
    expect(await warm.settled(aws, target, ten)).toEqual(ok('settled'));
    expect(await warm.write(aws, target, ten, 'absent')).toEqual(ok(undefined));
    expect(await warm.settled(aws, target, 'absent')).toEqual(ok('settled'));
    expect(account.snapshot()).toEqual(before);
  });

  test('deleted twice is a success', async () => expect(await warm.write(aws, target, ten, 'absent')).toEqual(ok(undefined)));

  test('AWS’s refusal comes back as it is', async () => {
    expect(await warm.write(aws, { ...target, qualifier: '$LATEST' }, 'absent', ten)).toMatchObject({
      ok: false,
      error: { kind: 'refused', name: 'InvalidParameterValueException' },
    });
    expect(await warm.write(aws, target, 'absent', { environments: 950 })).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  test('FAILED is said with Lambda’s reason; a value somebody else put is not settled', async () => {
    const answering = (fields: object): Aws<CallName> => ({ call: async () => ok(fields) as never });
    expect(
      await warm.settled(
        answering({ Status: 'FAILED', StatusReason: 'no capacity', RequestedProvisionedConcurrentExecutions: 10 }),
        target,
        ten,
      ),
    ).toEqual(ok({ failed: 'no capacity' }));
    expect(await warm.settled(answering({ Status: 'READY', RequestedProvisionedConcurrentExecutions: 3 }), target, ten)).toEqual(
      ok('settling'),
    );
  });

  test('denied is not absent', async () => {
    const denied: Aws<CallName> = { call: async (call) => err({ kind: 'denied', call, name: 'AccessDeniedException', message: 'no' }) };
    expect(await warm.read(denied, target)).toMatchObject({ ok: false, error: { kind: 'denied' } });
    expect(await warm.settled(denied, target, ten)).toMatchObject({ ok: false });
  });

  test('in use: half of what is warm at work, by either metric; not less', async () => {
    const window = { from: 0, to: 60_000 };
    const metrics = (utilization: number[], concurrent: number[]): Aws<'cloudwatch:GetMetricData'> => ({
      call: async () =>
        ok({
          MetricDataResults: [
            { Id: 'utilization', Values: utilization },
            { Id: 'concurrent', Values: concurrent },
          ],
        }) as never,
    });
    expect(await warm.inUse?.(metrics([0.1, 0.5], []), target, ten, window)).toEqual(ok(true));
    expect(await warm.inUse?.(metrics([], [5]), target, ten, window)).toEqual(ok(true));
    expect(await warm.inUse?.(metrics([0.4], [4]), target, ten, window)).toEqual(ok(false));
    expect(await warm.inUse?.(metrics([], []), target, ten, window)).toEqual(ok(false));
  });

  test('costs what AWS’s price list says: ten environments of 1 GB about $0.15 an hour', () => {
    expect(warmUsdPerHour(1024, 10)).toBeCloseTo(0.15, 3);
    expect(warm.usdPerHour?.(target, ten)).toBeCloseTo(0.15, 3);
    expect(warm.usdPerHour?.(target, 'absent')).toBe(0);
  });

  test('what people read', () => {
    expect(warm.show(target, 'absent', ten)).toMatchInlineSnapshot(`"orders:live: no warm environments → 10 warm environments of 1024 MB"`);
    expect(warm.byHand(target, ten, 'absent')).toMatchInlineSnapshot(
      `"aws lambda delete-provisioned-concurrency-config --function-name orders --qualifier live --region us-east-1"`,
    );
  });
});
