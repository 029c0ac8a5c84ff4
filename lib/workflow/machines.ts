// State machines as a service: executions by name, task tokens, abort, and the events that tell of an execution's bad end.
// What StartExecution and SendTaskSuccess refuse is refused here with the same names (platform.md §1, §12).
import { loadDefinition, type Definition } from './definition.ts';
import { runExecution, type HistoryEvent, type Outcome, type RunOptions } from './interpreter.ts';
import { Tokens } from './tokens.ts';

/** Refused by Step Functions; `name` is the error's own. */
export class MachineError extends Error {
  constructor(
    name:
      | 'ExecutionAlreadyExists'
      | 'ExecutionDoesNotExist'
      | 'StateMachineDoesNotExist'
      | 'TaskTimedOut'
      | 'InvalidToken'
      | 'InvalidName'
      | 'InvalidExecutionInput',
    message: string,
  ) {
    super(message);
    this.name = name;
  }
}

/** An EventBridge event "Step Functions Execution Status Change". */
export interface StatusChange {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly source: 'aws.states';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>> & {
    readonly status: Outcome['status'];
    readonly name: string;
    readonly executionArn: string;
    readonly stateMachineArn: string;
  };
}

export interface MachinesOptions {
  /** State machine ARN → its definition, as text or JSON. */
  readonly definitions: Readonly<Record<string, unknown>>;
  readonly clock: RunOptions['clock'];
  readonly invoke: RunOptions['invoke'];
  /** Hears of each execution that FAILED, TIMED_OUT or was ABORTED; the stack's rule listens to exactly these. */
  readonly onEnd?: (event: StatusChange) => void;
  readonly onState?: (execution: { readonly machineArn: string; readonly name: string }, event: HistoryEvent) => void;
  /** Runs an execution in the background; a simulated clock passes its own `start`, so that a bug stops the run. */
  readonly background?: (work: () => Promise<unknown>) => void;
  readonly transitionMs?: number;
}

export interface Description {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: 'RUNNING' | Outcome['status'];
  readonly input: string;
  readonly startAt: number;
  readonly stopAt?: number;
  readonly outcome?: Outcome;
}

export interface Machines {
  /** Idempotent by name while the execution runs with the same input. A name is burnt for 90 days. */
  startExecution(request: { readonly stateMachineArn: string; readonly name: string; readonly input: string }): {
    readonly executionArn: string;
    readonly startAt: number;
  };
  describe(executionArn: string): Description;
  /** All executions, oldest first. */
  list(stateMachineArn?: string): readonly Description[];
  abort(executionArn: string): void;
  sendTaskSuccess(taskToken: string, output: string): void;
  sendTaskFailure(taskToken: string, error: string, cause?: string): void;
}

const nameDays = 90;
const dayMs = 24 * 3_600_000;
const named = /^[\w-]{1,80}$/;

interface Kept {
  description: Description;
  readonly abort: AbortController;
}

/** Holds the machines of a synthesised template. */
export function createMachines(options: MachinesOptions): Machines {
  const definitions = new Map(Object.entries(options.definitions).map(([arn, d]) => [arn, loadDefinition(d)] as const));
  const executions = new Map<string, Kept>();
  const tokens = new Tokens();
  const find = (arn: string): Kept => executions.get(arn) ?? refuse('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return {
    startExecution: (request) => start(options, definitions, executions, tokens, request),
    describe: (arn) => find(arn).description,
    list: (machine) =>
      [...executions.values()].map((e) => e.description).filter((d) => machine === undefined || d.stateMachineArn === machine),
    abort: (arn) => find(arn).abort.abort(),
    sendTaskSuccess: (token, output) => checkWoken(tokens.succeed(token, JSON.parse(output)), token),
    sendTaskFailure: (token, error, cause) => checkWoken(tokens.fail(token, error, cause), token),
  };
}

type Request = { readonly stateMachineArn: string; readonly name: string; readonly input: string };

function start(
  options: MachinesOptions,
  definitions: ReadonlyMap<string, Definition>,
  executions: Map<string, Kept>,
  tokens: Tokens,
  request: Request,
): { executionArn: string; startAt: number } {
  const definition =
    definitions.get(request.stateMachineArn) ??
    refuse('StateMachineDoesNotExist', `State Machine Does Not Exist: '${request.stateMachineArn}'`);
  if (!named.test(request.name)) refuse('InvalidName', `Invalid Name: '${request.name}'`);
  const input = parsed(request.input);
  const executionArn = `${request.stateMachineArn.replace(':stateMachine:', ':execution:')}:${request.name}`;
  const before = executions.get(executionArn)?.description;
  const startAt = options.clock.now();
  if (before && startAt < (before.stopAt ?? startAt) + nameDays * dayMs) return again(before, request);
  const kept: Kept = {
    abort: new AbortController(),
    description: {
      executionArn,
      stateMachineArn: request.stateMachineArn,
      name: request.name,
      status: 'RUNNING',
      input: request.input,
      startAt,
    },
  };
  executions.set(executionArn, kept);
  const background = options.background ?? ((work) => void work());
  background(() => run(options, definition, kept, tokens, input));
  return { executionArn, startAt };
}

function again(before: Description, request: Request): { executionArn: string; startAt: number } {
  if (before.status === 'RUNNING' && before.input === request.input) return before;
  return refuse('ExecutionAlreadyExists', `Execution Already Exists: '${before.executionArn}'`);
}

async function run(options: MachinesOptions, definition: Definition, kept: Kept, tokens: Tokens, input: unknown): Promise<void> {
  const { executionArn, stateMachineArn, name } = kept.description;
  const { onState, clock, invoke, transitionMs } = options;
  const outcome = await runExecution(definition, input, {
    clock,
    invoke,
    tokens,
    signal: kept.abort.signal,
    context: { executionName: name, executionArn, machineArn: stateMachineArn },
    ...(transitionMs === undefined ? {} : { transitionMs }),
    ...(onState ? { onState: (event) => onState({ machineArn: stateMachineArn, name }, event) } : {}),
  });
  kept.description = { ...kept.description, status: outcome.status, stopAt: clock.now(), outcome };
  if (outcome.status !== 'SUCCEEDED') options.onEnd?.(statusChange(kept.description, outcome));
}

function statusChange(d: Description, outcome: Outcome): StatusChange {
  const [, , , region = '', account = ''] = d.stateMachineArn.split(':');
  const failure = outcome.status === 'SUCCEEDED' ? {} : { error: outcome.error ?? null, cause: outcome.cause ?? null };
  return {
    version: '0',
    id: `status-${d.name}`,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    region,
    time: new Date(d.stopAt ?? d.startAt).toISOString(),
    resources: [d.executionArn],
    detail: {
      executionArn: d.executionArn,
      stateMachineArn: d.stateMachineArn,
      name: d.name,
      status: outcome.status,
      startDate: d.startAt,
      stopDate: d.stopAt ?? null,
      input: d.input,
      output: null,
      ...failure,
    },
  };
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return refuse('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input.slice(0, 100)}'`);
  }
}

function checkWoken(woken: 'woken' | 'TaskTimedOut' | 'InvalidToken', token: string): void {
  if (woken === 'TaskTimedOut') refuse('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
  if (woken === 'InvalidToken') refuse('InvalidToken', `Invalid Token: '${token.slice(0, 60)}'`);
}

function refuse(name: ConstructorParameters<typeof MachineError>[0], message: string): never {
  throw new MachineError(name, message);
}
