// The interpreter by itself: what aws-local-stepfunctions cannot show under a simulated clock (timeouts, tokens, abort, limits).
import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { loadDefinition } from '../../lib/workflow/definition.ts';
import { runExecution, type HistoryEvent, type Outcome, type RunOptions } from '../../lib/workflow/interpreter.ts';
import { Tokens } from '../../lib/workflow/tokens.ts';

const startAt = Date.parse('2026-01-01T00:00:00Z');
const invokeArn = 'arn:aws:states:::lambda:invoke';
const never = new Promise<never>(() => undefined);

const task = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: 'Task',
  Resource: invokeArn,
  Parameters: { FunctionName: 'f', 'Payload.$': '$' },
  OutputPath: '$.Payload',
  End: true,
  ...more,
});
const one = (state: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  StartAt: 'S',
  States: { S: state, Late: { Type: 'Pass', Result: 'late', End: true }, Bad: { Type: 'Pass', Result: 'bad', End: true } },
  ...more,
});
const waiting = (more: Record<string, unknown> = {}): Record<string, unknown> =>
  task({
    Resource: `${invokeArn}.waitForTaskToken`,
    OutputPath: '$',
    Parameters: { FunctionName: 'f', Payload: { 'token.$': '$$.Task.Token', 'name.$': '$$.Execution.Name' } },
    TimeoutSeconds: 120,
    ...more,
  });

interface Ran {
  readonly outcome: Outcome;
  readonly events: readonly HistoryEvent[];
  readonly tookMs: number;
}

async function run(
  definition: Record<string, unknown>,
  invoke: RunOptions['invoke'],
  more: Partial<RunOptions> & { input?: unknown; clock?: SimulatedClock } = {},
): Promise<Ran> {
  const clock = more.clock ?? new SimulatedClock(startAt);
  const events: HistoryEvent[] = [];
  let outcome: Outcome | undefined;
  const { input = {}, ...options } = more;
  clock.start(
    async () =>
      void (outcome = await runExecution(loadDefinition(definition), input, {
        ...options,
        clock,
        invoke,
        onState: (e) => events.push(e),
        context: { executionName: 'run-1' },
      })),
  );
  await clock.runUntil(startAt + 400 * 24 * 3_600_000, () => outcome !== undefined);
  if (!outcome) throw new Error('did not end');
  return { outcome, events, tookMs: clock.now() - startAt };
}

const failing = (name: string, times: number): RunOptions['invoke'] => {
  let n = 0;
  return async () => {
    if (n++ < times) throw Object.assign(new Error('no'), { name });
    return { tries: n };
  };
};

describe('a task', () => {
  test('times out, and its Catch sees States.Timeout with the input kept', async () => {
    const ran = await run(
      one(task({ TimeoutSeconds: 30, Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.failure', Next: 'C' }] }), {
        States: {
          S: task({ TimeoutSeconds: 30, Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.failure', Next: 'C' }] }),
          C: { Type: 'Succeed' },
        },
      }),
      () => never,
      { input: { incidentId: 'inc-1' } },
    );
    expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: { incidentId: 'inc-1', failure: { Error: 'States.Timeout' } } });
    expect(ran.tookMs).toBe(30_000);
  });

  test('is retried with growing pauses, then succeeds', async () => {
    const ran = await run(
      one(task({ Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 3 }] })),
      failing('Flaky', 3),
    );
    expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: { tries: 4 } });
    expect(ran.tookMs).toBe(2_000 + 4_000 + 8_000);
  });

  test('is retried no more often than said; then the error is the execution’s', async () => {
    const ran = await run(one(task({ Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 1 }] })), failing('Flaky', 9));
    expect(ran.outcome).toMatchObject({ status: 'FAILED', error: 'Flaky' });
    expect(ran.events.filter((e) => e.type === 'TaskFailed')).toHaveLength(2);
  });

  test('States.TaskFailed is no timeout; States.ALL is', async () => {
    const catches = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'Bad' },
      { ErrorEquals: ['States.ALL'], Next: 'Late' },
    ];
    expect((await run(one(task({ TimeoutSeconds: 1, Catch: catches })), () => never)).outcome).toEqual({
      status: 'SUCCEEDED',
      output: 'late',
    });
    expect((await run(one(task({ Catch: catches })), failing('E', 1))).outcome).toEqual({ status: 'SUCCEEDED', output: 'bad' });
  });

  test.for([
    ['an answer above 256 KiB', async () => 'x'.repeat(262_145), 'States.DataLimitExceeded'],
    ['a path that leads nowhere', async () => ({}), 'States.Runtime'],
  ] as const)('%s is caught by nothing', async ([, invoke, error]) => {
    const ran = await run(
      one(task({ OutputPath: '$.Payload.incidentId', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Late' }] })),
      invoke,
    );
    expect(ran.outcome).toMatchObject({ status: 'FAILED', error });
  });

  test('shares no memory with its function', async () => {
    const shared = { list: [1] };
    const ran = await run({ StartAt: 'A', States: { A: task({ End: undefined, Next: 'B' }), B: task() } }, async (_f, payload) => {
      (payload as { list?: number[] }).list?.push(2);
      return shared;
    });
    expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: { list: [1] } });
    expect(shared).toEqual({ list: [1] });
  });
});

describe('a waiting task', () => {
  test('goes on with what SendTaskSuccess says; the token is good once', async () => {
    const tokens = new Tokens();
    const clock = new SimulatedClock(startAt);
    let seen = '';
    const woken: string[] = [];
    const ran = await run(
      one(waiting()),
      async (_f, _p, token = '') => {
        seen = token;
        clock.after(50_000, () => woken.push(tokens.succeed(token, { said: 'yes' }), tokens.succeed(token, { said: 'again' })));
        return 'dropped';
      },
      { tokens, clock },
    );
    expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: { said: 'yes' } });
    expect([ran.tookMs, ...woken]).toEqual([50_000, 'woken', 'TaskTimedOut']);
    expect(tokens.succeed('token-99-x', {})).toBe('InvalidToken');
    expect(seen).toContain('run-1');
  });

  test('a fresh token at every try: the old one wakes nothing', async () => {
    const tokens = new Tokens();
    const clock = new SimulatedClock(startAt);
    const issued: string[] = [];
    const late: string[] = [];
    const ran = await run(
      one(waiting({ Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }] })),
      async (_f, _p, token = '') => {
        issued.push(token);
        if (issued.length === 2) clock.after(10_000, () => late.push(tokens.succeed(issued[0] ?? '', 'old'), tokens.succeed(token, 'new')));
        return null;
      },
      { tokens, clock },
    );
    expect(new Set(issued).size).toBe(2);
    expect(late).toEqual(['TaskTimedOut', 'woken']);
    expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: 'new' });
    expect(ran.tookMs).toBe(120_000 + 1_000 + 10_000);
  });

  test('fails when its function does, and by SendTaskFailure', async () => {
    expect((await run(one(waiting()), failing('Boom', 1))).outcome).toMatchObject({ status: 'FAILED', error: 'Boom' });
    const tokens = new Tokens();
    expect((await run(one(waiting()), async (_f, _p, token = '') => tokens.fail(token, 'Refused', 'no'), { tokens })).outcome).toEqual({
      status: 'FAILED',
      error: 'Refused',
      cause: 'no',
    });
  });
});

describe('an execution', () => {
  const wait = { Type: 'Wait', TimestampPath: '$.untilAt', End: true };
  test('waits until a timestamp, and not for one that is past', async () => {
    expect((await run(one(wait), () => never, { input: { untilAt: '2026-01-01T00:05:00.500Z' } })).tookMs).toBe(300_500);
    expect((await run(one(wait), () => never, { input: { untilAt: '2025-01-01T00:00:00+02:00' } })).tookMs).toBe(0);
    expect((await run(one(wait), () => never, { input: { untilAt: 'soon' } })).outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });

  test('times out as a whole', async () => {
    const ran = await run(one(wait, { TimeoutSeconds: 60 }), () => never, { input: { untilAt: '2027-01-01T00:00:00Z' } });
    expect([ran.outcome.status, ran.tookMs]).toEqual(['TIMED_OUT', 60_000]);
  });

  test('is aborted in the middle of a task', async () => {
    const clock = new SimulatedClock(startAt);
    const abort = new AbortController();
    clock.after(7_000, () => abort.abort());
    const ran = await run(one(task()), () => never, { clock, signal: abort.signal });
    expect([ran.outcome.status, ran.tookMs, ran.events.at(-1)?.type]).toEqual(['ABORTED', 7_000, 'ExecutionAborted']);
  });

  test('fails at 25,000 events: a loop without waiting ends', async () => {
    const loop = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } };
    const ran = await run(loop, () => never);
    expect(ran.outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(ran.events).toHaveLength(25_000);
  });

  test('fails where no choice matches', async () => {
    const choice = { Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'a', Next: 'Late' }] };
    expect((await run(one(choice), () => never, { input: { next: 'b' } })).outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });
});

describe('what is not run here stops at load', () => {
  test.for<[string, Record<string, unknown>]>([
    ['JSONata', one(task(), { QueryLanguage: 'JSONata' })],
    ['Assign', one(task({ Assign: { x: 1 } }))],
    ['Parallel', one({ Type: 'Parallel', Branches: [], End: true })],
    ['another integration', one(task({ Resource: 'arn:aws:states:::dynamodb:putItem' }))],
    ['an intrinsic', one(task({ Parameters: { FunctionName: 'f', 'Payload.$': 'States.JsonMerge($, $, false)' } }))],
    ['a filter path', one(task({ OutputPath: '$.Payload[?(@.a)]' }))],
    ['another comparison', one({ Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'Late' }] })],
    ['a heartbeat', one(task({ HeartbeatSeconds: 5 }))],
    ['a state that is not there', one(task({ End: undefined, Next: 'Nowhere' }))],
    ['a wait without an end', one({ Type: 'Wait', End: true })],
  ])('%s', ([, definition]) => {
    expect(() => loadDefinition(JSON.parse(JSON.stringify(definition)))).toThrow(/^state machine: /);
  });
});
