// Holds the interpreter against aws-local-stepfunctions on the synthesised definitions: the same answers and failures of the functions
// must lead both through the same states, with the same payloads, to the same end.
import { StateMachine } from 'aws-local-stepfunctions';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nexts } from '../../lib/stages/stage.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { loadDefinition } from '../../lib/workflow/definition.ts';
import { runExecution } from '../../lib/workflow/interpreter.ts';
import { Tokens } from '../../lib/workflow/tokens.ts';
import { synthesise } from '../stack/synth.ts';

const { resolved } = synthesise();
const machine = (name: string): unknown => resolved.machines.find((m) => m.name === name)?.definition;

type Behaviour = { readonly next: string } | { readonly throws: string };
interface Seen {
  readonly states: readonly string[];
  readonly calls: readonly { state: string; payload: unknown }[];
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
}

const past = '2020-01-01T00:00:00Z';
const incidentInput = { incidentId: 'inc-1' };

/** What a function does, given what the script says; past its end every task says `end`. */
function behave(script: readonly Behaviour[], n: number, payload: Record<string, unknown>): unknown {
  const b = script[n] ?? { next: 'end' };
  if ('throws' in b) throw Object.assign(new Error('as the script says'), { name: b.throws });
  return { incidentId: payload['incidentId'] ?? 'inc-1', changeId: payload['changeId'] ?? 'chg-1', next: b.next, untilAt: past };
}

async function ours(definition: unknown, input: unknown, script: readonly Behaviour[]): Promise<Seen> {
  const clock = new SimulatedClock(Date.parse('2026-01-01T00:00:00Z'));
  const states: string[] = [];
  const calls: { state: string; payload: unknown }[] = [];
  const tokens = new Tokens();
  let n = 0;
  const run = runExecution(loadDefinition(definition), input, {
    clock,
    tokens,
    onState: (e) => void (e.type.endsWith('StateEntered') && states.push(e.state ?? '')),
    invoke: async (_name, payload, token) => {
      calls.push({ state: states.at(-1) ?? '', payload });
      const answer = behave(script, n++, payload as Record<string, unknown>);
      if (token !== undefined) tokens.succeed(token, answer);
      return answer;
    },
  });
  let end: Awaited<typeof run> | undefined;
  clock.start(async () => void (end = await run));
  await clock.runUntil(clock.now() + 40 * 3_600_000, () => end !== undefined);
  if (!end) throw new Error('did not end');
  return { states, calls, status: end.status, ...(end.status === 'SUCCEEDED' ? { output: end.output } : { error: end.error ?? '' }) };
}

/** It takes 100 ms to build and writes into what it is given: once each, from a copy. */
const built = new Map<unknown, StateMachine>();
function local(definition: unknown): StateMachine {
  const made = built.get(definition) ?? new StateMachine(structuredClone(definition) as never, { validationOptions: { checkArn: false } });
  built.set(definition, made);
  return made;
}

async function theirs(definition: unknown, input: unknown, script: readonly Behaviour[]): Promise<Seen> {
  const all = (definition as { States: Record<string, { Type: string; Retry?: unknown[]; Resource?: string }> }).States;
  const of = (type: string): string[] => Object.keys(all).filter((name) => all[name]?.Type === type);
  const states: string[] = [];
  const calls: { state: string; payload: unknown }[] = [];
  let n = 0;
  const handler = (state: string) => async (parameters: { Payload: Record<string, unknown> }) => {
    calls.push({ state, payload: parameters.Payload });
    const answer = behave(script, n++, parameters.Payload);
    return all[state]?.Resource?.endsWith('.waitForTaskToken') ? answer : { Payload: answer, StatusCode: 200 };
  };
  const execution = local(definition).run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(of('Task').map((name) => [name, handler(name) as never])),
      waitTimeOverrides: Object.fromEntries(of('Wait').map((name) => [name, 0])),
      retryIntervalOverrides: Object.fromEntries(of('Task').map((name) => [name, 0])),
    },
    context: { Task: { Token: 'token' }, Execution: { Name: 'execution' } },
  });
  const result = execution.result.then(
    (output) => ({ status: 'SUCCEEDED', output }),
    (error: unknown) => ({ status: 'FAILED', error: (error as Error).name }),
  );
  for await (const event of execution.eventLogs) if (event.type === 'StateEntered') states.push(event.state.name);
  return { states, calls, ...((await result) as { status: string }) };
}

/** A token is one constant there and a fresh one here; the text of an error's cause is each one's own. */
function comparable(seen: Seen): unknown {
  const strip = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, v: unknown) => (key === 'taskToken' ? 'token' : key === 'Cause' ? undefined : v)));
  return { states: seen.states, calls: strip(seen.calls), status: seen.status, output: strip(seen.output ?? null) };
}

const transient = 'Lambda.TooManyRequestsException';
const behaviour = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...nexts, 'no-such-next').map((next): Behaviour => ({ next })) },
  { weight: 2, arbitrary: fc.constantFrom(transient, 'Sandbox.Timedout').map((throws): Behaviour => ({ throws })) },
  { weight: 1, arbitrary: fc.constantFrom('TypeError', 'WorldError').map((throws): Behaviour => ({ throws })) },
);

describe('the incident machine runs here as in aws-local-stepfunctions', () => {
  test.for<[string, readonly string[]]>([
    ['mended at once', ['decide', 'carry-out', 'end', 'wait-for-proof', 'end', 'close', 'end', 'end', 'end']],
    ['asked, then mended', ['decide', 'ask', 'end', 'woken', 'carry-out', 'end', 'wait-for-proof']],
    ['taken back', ['decide', 'carry-out', 'end', 'take-back', 'end', 'investigate', 'decide', 'close']],
    ['part of an outage', ['end']],
  ])('%s', async ([, script]) => {
    const behaviours = script.map((next) => ({ next }));
    expect(comparable(await ours(machine('gatemedic-incident'), incidentInput, behaviours))).toEqual(
      comparable(await theirs(machine('gatemedic-incident'), incidentInput, behaviours)),
    );
  });

  test('any order of answers and failures', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { maxLength: 25 }), async (script) => {
        expect(comparable(await ours(machine('gatemedic-incident'), incidentInput, script))).toEqual(
          comparable(await theirs(machine('gatemedic-incident'), incidentInput, script)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

test('the Undo machine runs here as in aws-local-stepfunctions', async () => {
  const input = { name: 'undo-chg-1', changeId: 'chg-1', why: 'person', by: { id: 'U012AB3CD' } };
  await fc.assert(
    fc.asyncProperty(fc.array(behaviour, { maxLength: 8 }), async (script) => {
      expect(comparable(await ours(machine('gatemedic-undo'), input, script))).toEqual(
        comparable(await theirs(machine('gatemedic-undo'), input, script)),
      );
    }),
    { numRuns: 30 },
  );
});
