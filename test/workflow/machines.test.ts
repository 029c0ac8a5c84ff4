// The machines as a service: names, tokens, abort and the events of a bad end, as Step Functions answers them.
import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { createMachines, type Machines, type StatusChange } from '../../lib/workflow/machines.ts';

const arn = 'arn:aws:states:us-east-1:111122223333:stateMachine:gatemedic-incident';
const definition = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: 'f', Payload: { 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 120,
      End: true,
    },
  },
};

function setUp(invoke: (token: string) => unknown = () => null): {
  clock: SimulatedClock;
  machines: Machines;
  ends: StatusChange[];
  tokens: string[];
} {
  const clock = new SimulatedClock(Date.parse('2026-01-01T00:00:00Z'));
  const ends: StatusChange[] = [];
  const tokens: string[] = [];
  const machines = createMachines({
    definitions: { [arn]: JSON.stringify(definition) },
    clock,
    background: (work) => clock.start(work),
    invoke: async (_f, _p, token = '') => (tokens.push(token), invoke(token)),
    onEnd: (event) => ends.push(event),
  });
  return { clock, machines, ends, tokens };
}
const begin = (machines: Machines, input = '{"incidentId":"inc-1"}', name = 'inc-1'): { executionArn: string } =>
  machines.startExecution({ stateMachineArn: arn, name, input });
const settle = (clock: SimulatedClock, ms = 0): Promise<void> => clock.runUntil(clock.now() + ms);
const named = (name: string): unknown => expect.objectContaining({ name });

describe('startExecution', () => {
  test('twice with the same name and input is once', async () => {
    const { clock, machines, tokens } = setUp();
    expect(begin(machines)).toMatchObject({ executionArn: begin(machines).executionArn });
    await settle(clock);
    expect(tokens).toHaveLength(1);
    expect(machines.list(arn)).toHaveLength(1);
  });

  test('refuses the name with another input, and after the end for ninety days', async () => {
    const { clock, machines } = setUp();
    begin(machines);
    expect(() => begin(machines, '{"incidentId":"other"}')).toThrow(named('ExecutionAlreadyExists'));
    await settle(clock, 121_000);
    expect(() => begin(machines)).toThrow(named('ExecutionAlreadyExists'));
    await settle(clock, 91 * 24 * 3_600_000);
    expect(() => begin(machines)).not.toThrow();
  });

  test('refuses what Step Functions refuses', () => {
    const { machines } = setUp();
    expect(() => begin(machines, 'no json')).toThrow(named('InvalidExecutionInput'));
    expect(() => begin(machines, '{}', 'a:b')).toThrow(named('InvalidName'));
    expect(() => machines.startExecution({ stateMachineArn: `${arn}x`, name: 'a', input: '{}' })).toThrow(
      named('StateMachineDoesNotExist'),
    );
    expect(() => machines.describe('none')).toThrow(named('ExecutionDoesNotExist'));
  });
});

describe('tokens', () => {
  test('wake once; a timed-out or unknown token is refused by name', async () => {
    const { clock, machines, tokens, ends } = setUp();
    const { executionArn } = begin(machines);
    await settle(clock, 5_000);
    machines.sendTaskSuccess(tokens[0] ?? '', '{"ok":true}');
    await settle(clock);
    expect(machines.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED', outcome: { output: { ok: true } } });
    expect(() => machines.sendTaskSuccess(tokens[0] ?? '', '{}')).toThrow(named('TaskTimedOut'));
    expect(() => machines.sendTaskFailure('nonsense', 'E')).toThrow(named('InvalidToken'));
    expect(ends).toEqual([]);
  });

  test('of another execution that ended wakes nobody', async () => {
    const { clock, machines, tokens } = setUp();
    begin(machines);
    await settle(clock, 121_000);
    begin(machines, '{}', 'inc-2');
    await settle(clock);
    expect(() => machines.sendTaskSuccess(tokens[0] ?? '', '{}')).toThrow(named('TaskTimedOut'));
    expect(machines.list().map((e) => e.status)).toEqual(['FAILED', 'RUNNING']);
  });
});

describe('a bad end is told', () => {
  test.for<[string, (machines: Machines, executionArn: string) => void, string]>([
    ['failed', () => undefined, 'FAILED'],
    ['aborted', (machines, executionArn) => machines.abort(executionArn), 'ABORTED'],
  ])('%s', async ([, act, status]) => {
    const { clock, machines, ends } = setUp();
    const { executionArn } = begin(machines);
    await settle(clock);
    act(machines, executionArn);
    await settle(clock, 121_000);
    expect(ends).toMatchObject([
      {
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        account: '111122223333',
        region: 'us-east-1',
        resources: [executionArn],
        detail: { status, name: 'inc-1', stateMachineArn: arn, input: '{"incidentId":"inc-1"}' },
      },
    ]);
  });
});
