// function-configuration, reserved-concurrency, runtime-version and codedeploy-deployment against the sandbox: what each writes, what it
// refuses, when it has settled, and that it goes back exactly.
import { beforeEach, describe, expect, test } from 'vitest';
import { awsClient } from '../../lib/aws/client.ts';
import type { Aws, CallName } from '../../lib/aws/calls.ts';
import { err, ok } from '../../lib/model/result.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import deployment from '../../lib/settings/codedeploy-deployment.ts';
import configuration from '../../lib/settings/function-configuration.ts';
import reserved from '../../lib/settings/reserved-concurrency.ts';
import runtime from '../../lib/settings/runtime-version.ts';
import { openAccount, startAt } from '../laws/workshop.ts';

const at = { accountId: '111122223333', region: 'us-east-1', functionName: 'orders' };
let clock: SimulatedClock;
let account: ReturnType<typeof openAccount>;
let aws: Aws<CallName>;
let asked: { name: CallName; input: unknown }[];
beforeEach(() => {
  clock = new SimulatedClock(startAt);
  account = openAccount(clock);
  asked = [];
  const attempt = account.attempt('admin');
  aws = awsClient<CallName>({
    attempt: (name, input) => {
      asked.push({ name, input });
      return attempt(name, input);
    },
    clock,
    random: () => 0,
    declared: [configuration, reserved, runtime, deployment].flatMap((s) => [...s.calls.read, ...s.calls.write]),
  });
});
const denied: Aws<CallName> = { call: async (call) => err({ kind: 'denied', call, name: 'AccessDeniedException', message: 'no' }) };
const answering = (fields: object): Aws<CallName> => ({ call: async () => ok(fields) as never });

describe('function-configuration', () => {
  const [from, to] = [
    { timeoutSeconds: 10, memoryMb: 512 },
    { timeoutSeconds: 28, memoryMb: 512 },
  ];
  const revision = async (): Promise<string | undefined> => {
    const now = await configuration.read(aws, at);
    return now.ok ? now.value.revision : undefined;
  };
  test('changed in the background, and back: the account is as it was', async () => {
    await clock.runUntil(clock.now() + 60_000);
    const before = account.snapshot();
    expect(await configuration.read(aws, at)).toMatchObject({ ok: true, value: { value: from } });
    expect(await configuration.write(aws, at, from, to, await revision())).toEqual(ok(undefined));
    expect(await configuration.settled(aws, at, to)).toEqual(ok('settling'));
    await clock.runUntil(clock.now() + 10_000);
    expect(await configuration.settled(aws, at, to)).toEqual(ok('settled'));
    expect(await configuration.write(aws, at, to, from, await revision())).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('sends only what changes, with the revision, and never another field', async () => {
    const read = await revision();
    await configuration.write(aws, at, from, { ...from, memoryMb: 1024 }, read);
    expect(asked.at(-1)).toEqual({
      name: 'lambda:UpdateFunctionConfiguration',
      input: { FunctionName: 'orders', MemorySize: 1024, RevisionId: read },
    });
  });
  test('an update under way is for later, another revision is a conflict, and a failed update says why', async () => {
    const stale = await revision();
    expect(await configuration.write(aws, at, from, to, stale)).toEqual(ok(undefined));
    expect(await configuration.write(aws, at, to, from, await revision())).toMatchObject({ ok: false, error: { kind: 'throttled' } });
    await clock.runUntil(clock.now() + 10_000);
    expect(await configuration.write(aws, at, to, from, stale)).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    const failed = answering({ LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'no subnet', Timeout: 28, MemorySize: 512 });
    expect(await configuration.settled(failed, at, to)).toEqual(ok({ failed: 'Lambda could not update orders: no subnet' }));
  });
  test('a function is never made or deleted; gone is absent, denied is not', async () => {
    expect(await configuration.read(aws, { ...at, functionName: 'none' })).toEqual(ok({ value: 'absent', gone: 'the function none' }));
    expect(await configuration.write(aws, at, from, 'absent')).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(await configuration.read(denied, at)).toMatchObject({ ok: false, error: { kind: 'denied' } });
  });
  test('is written by a hand of its own, and what people read has the price', () => {
    expect(configuration.hand).toBe('function-configuration');
    expect(configuration.show(at, from, to)).toMatchInlineSnapshot(`"orders: 10 s, 512 MB → 28 s, 512 MB"`);
    expect(configuration.show(at, from, { ...from, memoryMb: 1024 })).toMatchInlineSnapshot(
      `"orders: 10 s, 512 MB → 10 s, 1024 MB (a second of work costs $0.0000167 instead of $0.0000083)"`,
    );
    expect(configuration.byHand(at, from, to)).toMatchInlineSnapshot(
      `"aws lambda update-function-configuration --function-name orders --region us-east-1 --timeout 28 --memory-size 512"`,
    );
  });
});

describe('reserved-concurrency', () => {
  test('raised, removed and back: the account is as it was', async () => {
    account.putReserved('orders', 2);
    const before = account.snapshot();
    const [two, eight] = [{ reserved: 2 }, { reserved: 8 }];
    expect(await reserved.read(aws, at)).toEqual(ok({ value: two }));
    expect(await reserved.write(aws, at, two, eight)).toEqual(ok(undefined));
    expect(await reserved.settled(aws, at, eight)).toEqual(ok('settled'));
    expect(await reserved.write(aws, at, eight, 'absent')).toEqual(ok(undefined));
    expect(await reserved.read(aws, at)).toEqual(ok({ value: 'absent' }));
    expect(await reserved.write(aws, at, 'absent', two)).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
  });
  test('zero is somebody’s switch: neither lifted nor set, whoever asks', async () => {
    account.putReserved('orders', 0);
    for (const [from, to] of [
      [{ reserved: 0 }, { reserved: 8 }],
      [{ reserved: 0 }, 'absent'],
      [{ reserved: 8 }, { reserved: 0 }],
      ['absent', { reserved: 0 }],
    ] as const)
      expect(await reserved.write(aws, at, from, to)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(await reserved.read(aws, at)).toEqual(ok({ value: { reserved: 0 } }));
  });
  test('AWS’s refusal comes back as it is; denied is not absent', async () => {
    expect(await reserved.write(aws, at, 'absent', { reserved: 901 })).toMatchObject({
      ok: false,
      error: { kind: 'refused', message: expect.stringContaining('below its minimum value') },
    });
    expect(await reserved.read(denied, at)).toMatchObject({ ok: false, error: { kind: 'denied' } });
  });
  test('what people read', () => {
    expect(reserved.show(at, { reserved: 2 }, 'absent')).toMatchInlineSnapshot(
      `"orders: 2 reserved → nothing reserved (the account’s pool)"`,
    );
    expect(reserved.byHand(at, { reserved: 2 }, { reserved: 8 })).toMatchInlineSnapshot(
      `"aws lambda put-function-concurrency --function-name orders --region us-east-1 --reserved-concurrent-executions 8"`,
    );
    expect(reserved.byHand(at, { reserved: 2 }, 'absent')).toContain('delete-function-concurrency');
  });
});

describe('runtime-version', () => {
  const target = { ...at, version: '1' };
  const auto = { updateOn: 'Auto' } as const;
  test('pinned and let go: the account is as it was', async () => {
    const now = await account.attempt('admin')('lambda:GetFunctionConfiguration', { FunctionName: 'orders', Qualifier: '1' });
    const arn = now.ok ? (now.value.RuntimeVersionConfig?.RuntimeVersionArn ?? '') : '';
    account.updateRuntime('nodejs24.x');
    const before = account.snapshot();
    const pinned = { updateOn: 'Manual', arn } as const;
    expect(await runtime.read(aws, target)).toEqual(ok({ value: auto }));
    expect(await runtime.write(aws, target, auto, pinned)).toEqual(ok(undefined));
    expect(await runtime.read(aws, target)).toEqual(ok({ value: pinned }));
    expect(await runtime.settled(aws, target, pinned)).toEqual(ok('settled'));
    expect(await runtime.write(aws, target, pinned, auto)).toEqual(ok(undefined));
    expect(account.snapshot()).toEqual(before);
    expect(runtime.show(target, auto, { updateOn: 'Manual', arn: 'arn:aws:lambda:us-east-1::runtime:0123456789abcdef' })).toBe(
      'orders:1: AWS updates its runtime → pinned to runtime …456789abcdef',
    );
  });
  test('a version that is gone is absent; another runtime’s version is refused by Lambda; denied is not absent', async () => {
    expect(await runtime.read(aws, { ...target, version: '9' })).toEqual(ok({ value: 'absent', gone: 'the version orders:9' }));
    expect(await runtime.write(aws, target, auto, { updateOn: 'Manual', arn: 'arn:aws:lambda:us-east-1::runtime:00' })).toMatchObject({
      ok: false,
      error: { kind: 'refused' },
    });
    expect(await runtime.write(aws, target, 'absent', auto)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(await runtime.read(denied, target)).toMatchObject({ ok: false, error: { kind: 'denied' } });
  });
});

describe('codedeploy-deployment', () => {
  const begin = () => {
    account.setWork('orders', { outcome: 'throw' });
    const to = account.publishVersion('orders');
    const spec = { application: 'shop', group: 'orders', functionName: 'orders', alias: 'live', to, step: 0.1, everyMs: 60_000 };
    return {
      ...at,
      deploymentId: account.shiftAlias(spec),
      application: 'shop',
      group: 'orders',
      shifts: 'orders:live from version 1 to 2',
    };
  };
  const stopped = { stopped: true } as const;
  test('stopped with its rollback: CodeDeploy gives the alias back', async () => {
    const target = begin();
    expect(await deployment.read(aws, target)).toEqual(ok({ value: 'absent' }));
    expect(await deployment.settled(aws, target, stopped)).toEqual(ok('settling'));
    expect(await deployment.write(aws, target, 'absent', stopped)).toEqual(ok(undefined));
    expect(asked.at(-1)?.input).toEqual({ deploymentId: target.deploymentId, autoRollbackEnabled: true });
    expect(await deployment.read(aws, target)).toEqual(ok({ value: stopped }));
    expect(await deployment.settled(aws, target, stopped)).toEqual(ok('settled'));
    await clock.runUntil(clock.now() + 10_000);
    expect(account.functionsView()[0]?.aliases).toEqual([{ name: 'live', version: '1' }]);
  });
  test('one that ended before is said so, and twice stops nothing more', async () => {
    const target = begin();
    await clock.runUntil(clock.now() + 20 * 60_000);
    expect(await deployment.settled(aws, target, stopped)).toMatchObject({
      ok: true,
      value: { failed: expect.stringContaining('had ended') },
    });
    expect(await deployment.write(aws, target, 'absent', stopped)).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
  test('a deployment that is unknown is no value; it belongs to its group, and cannot be taken back', async () => {
    const target = { ...begin(), deploymentId: 'd-NONE' };
    expect(await deployment.read(aws, target)).toMatchObject({ ok: false, error: { kind: 'gone' } });
    expect(deployment.writesTo(target)).toBe('arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:shop/orders');
    expect(deployment.oneWay).toMatch(/deployed again/);
    expect(deployment.byHand(target, 'absent', stopped)).toMatchInlineSnapshot(
      `"aws deploy stop-deployment --deployment-id d-NONE --region us-east-1 --auto-rollback-enabled"`,
    );
  });
});
