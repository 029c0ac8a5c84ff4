// The layer over the wire: declared calls only, tries and their waits, the budget, the account-wide limit, nothing unredacted.
import { describe, expect, test } from 'vitest';
import { err, ok } from '../../lib/model/result.ts';
import type { Attempt, CallError } from '../../lib/aws/calls.ts';
import { awsClient, type ClientOptions } from '../../lib/aws/client.ts';
import { gatewayLimiter } from '../../lib/aws/limiter.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

type Step = CallError['kind'] | 'ok' | { readonly kind: CallError['kind']; readonly retryAfterMs: number };

/** Answers the steps one after the other, the last one for ever. */
function scripted(clock: SimulatedClock, steps: readonly Step[]) {
  const at: number[] = [];
  const attempt: Attempt = async (name) => {
    const step = steps[Math.min(at.push(clock.now()) - 1, steps.length - 1)] ?? 'ok';
    if (step === 'ok') return ok({} as never);
    const error = typeof step === 'string' ? { kind: step } : step;
    return err({ ...error, call: name, name: 'X', message: 'because password=hunter22' });
  };
  return { at, attempt };
}
async function run<T>(clock: SimulatedClock, work: () => Promise<T>): Promise<T> {
  let answer: { value: T } | undefined;
  clock.start(async () => {
    answer = { value: await work() };
  });
  await clock.runUntil(clock.now() + 600_000, () => answer !== undefined);
  if (!answer) throw new Error('it did not end within ten minutes');
  return answer.value;
}
function world(steps: readonly Step[], more: Partial<ClientOptions> = {}) {
  const clock = new SimulatedClock(1_000_000);
  const wire = scripted(clock, steps);
  const aws = awsClient<'lambda:GetPolicy' | 'apigateway:GetRestApis'>({
    attempt: wire.attempt,
    clock,
    random: () => 0.5,
    declared: ['lambda:GetPolicy', 'apigateway:GetRestApis'],
    ...more,
  });
  return { clock, at: wire.at, aws, policy: () => run(clock, () => aws.call('lambda:GetPolicy', { FunctionName: 'f' })) };
}

describe('tries', () => {
  test.each(['throttled', 'down'] as const)('%s is tried again, four times in all, further and further apart', async (kind) => {
    const { policy, at } = world([kind]);
    expect(await policy()).toMatchObject({ ok: false, error: { kind } });
    expect(at.map((t) => t - 1_000_000)).toEqual([0, 200, 600, 1_400]);
  });
  test('what passes at the third try is an answer', async () => {
    const { policy, at } = world(['down', 'throttled', 'ok']);
    expect(await policy()).toEqual({ ok: true, value: {} });
    expect(at).toHaveLength(3);
  });
  test.each(['denied', 'gone', 'conflict', 'refused', 'notRecorded'] as const)('%s is final', async (kind) => {
    const { policy, at } = world([kind]);
    expect(await policy()).toMatchObject({ ok: false, error: { kind } });
    expect(at).toHaveLength(1);
  });
  test('the wait the service asked for is kept, within reason', async () => {
    const { policy, at } = world([{ kind: 'throttled', retryAfterMs: 3_000 }, { kind: 'throttled', retryAfterMs: 3_600_000 }, 'ok']);
    await policy();
    expect(at.map((t) => t - 1_000_000)).toEqual([0, 3_200, 13_200]);
  });
});

test('a call that was not declared is a bug, with the remedy in its words', async () => {
  const { aws, at } = world(['ok'], { declared: ['apigateway:GetRestApis'], duty: 'decide' });
  await expect(aws.call('lambda:GetPolicy', { FunctionName: 'f' })).rejects.toThrow(
    /duty decide called lambda:GetPolicy, which it did not declare .*lib\/duties\.ts/,
  );
  expect(at).toEqual([]);
});

test('the budget of a round ends it without a call', async () => {
  const { policy, at } = world(['ok'], { budget: 2 });
  expect([await policy(), await policy()].every((a) => a.ok)).toBe(true);
  expect(await policy()).toMatchObject({ ok: false, error: { kind: 'overBudget' } });
  expect(at).toHaveLength(2);
});

test('an error’s words are redacted and cut', async () => {
  const { policy } = world(['denied']);
  expect(await policy()).toMatchObject({ error: { message: 'because password=[redacted]' } });
});

describe('the limit of the account', () => {
  test('two processes share two API Gateway calls a second', async () => {
    const clock = new SimulatedClock(1_000_000);
    const store = memoryStore();
    const { at, attempt } = scripted(clock, ['ok']);
    const process = () =>
      awsClient<'apigateway:GetRestApis'>({
        attempt,
        clock,
        random: () => 0,
        declared: ['apigateway:GetRestApis'],
        limiter: gatewayLimiter(store, clock),
      });
    const [one, two] = [process(), process()];
    await run(clock, () => Promise.all([one, two, one, two, one, two, one].map((p) => p.call('apigateway:GetRestApis', {}))));
    const perSecond = Map.groupBy(at, (t) => Math.floor(t / 1_000));
    expect([...perSecond.values()].map((calls) => calls.length)).toEqual([2, 2, 2, 1]);
  });
  test('tries count as well as calls', async () => {
    const clock = new SimulatedClock(1_000_000);
    const store = memoryStore();
    const { at, attempt } = scripted(clock, ['throttled']);
    const aws = awsClient<'apigateway:GetRestApis'>({
      attempt,
      clock,
      random: () => 0,
      declared: ['apigateway:GetRestApis'],
      limiter: gatewayLimiter(store, clock),
    });
    await run(clock, () => aws.call('apigateway:GetRestApis', {}));
    for (const calls of Map.groupBy(at, (t) => Math.floor(t / 1_000)).values()) expect(calls.length).toBeLessThanOrEqual(2);
    expect(at).toHaveLength(4);
  });
  test('whoever finds no place in ten seconds is throttled, without a call', async () => {
    const clock = new SimulatedClock(1_000_000);
    const { at, attempt } = scripted(clock, ['ok']);
    const aws = awsClient<'apigateway:GetRestApis'>({
      attempt,
      clock,
      random: () => 0,
      declared: ['apigateway:GetRestApis'],
      limiter: gatewayLimiter({ countBelow: async () => false }, clock),
    });
    expect(await run(clock, () => aws.call('apigateway:GetRestApis', {}))).toMatchObject({ ok: false, error: { kind: 'throttled' } });
    expect(at).toEqual([]);
    expect(clock.now() - 1_000_000).toBeLessThanOrEqual(10_000);
  });
  test('other services are not held up', async () => {
    const limiter = gatewayLimiter({ countBelow: async () => false }, new SimulatedClock(0));
    expect(await limiter('lambda:GetPolicy')).toBe(true);
  });
});
