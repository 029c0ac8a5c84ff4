// Runs a synthesised state machine under a given clock, so that the demo, headless runs and the simulation execute the definition
// that is deployed and no second workflow exists in code. Tests hold it against aws-local-stepfunctions.
import type { Clock } from '../model/clock.ts';
import type { Definition, State, TaskState } from './definition.ts';
import { caught, endOf, Interrupted, onward, type Outcome, type Way } from './ends.ts';
import { ExecutionError, failureOf, fromFunction, Retries } from './errors.ts';
import { msUntil, plain, stamp, within } from './values.ts';
import { fill, readPath, writePath } from './paths.ts';
import { Tokens } from './tokens.ts';

export type { Outcome } from './ends.ts';

/** A clock that may also cancel a timer, as the simulated one does. */
export interface Timers extends Clock {
  after?(ms: number, run: () => void): () => void;
}

/** One event of the execution's history, named as Step Functions names it. */
export interface HistoryEvent {
  readonly id: number;
  readonly at: number;
  readonly type: string;
  readonly state?: string;
  readonly detail?: unknown;
}

export interface RunOptions {
  readonly clock: Timers;
  /** Runs a Lambda function (its name or ARN as in the definition); throws what the function throws. */
  readonly invoke: (functionName: string, payload: unknown, taskToken?: string) => Promise<unknown>;
  readonly onState?: (event: HistoryEvent) => void;
  readonly context?: {
    readonly executionName?: string;
    readonly executionArn?: string;
    readonly machineArn?: string;
    readonly roleArn?: string;
  };
  /** Where waiting tasks get their tokens; `tokens.succeed(token, output)` wakes one. */
  readonly tokens?: Tokens;
  readonly signal?: AbortSignal;
  /** Time a transition takes; Step Functions needs some tens of milliseconds. */
  readonly transitionMs?: number;
}

/** An execution with more history than this fails (platform.md §1). */
const historyLimit = 25_000;

/** Runs one execution to its end. Never throws for what a task throws. */
export function runExecution(definition: Definition, input: unknown, options: RunOptions): Promise<Outcome> {
  return new Execution(definition, options).run(plain(input));
}

class Execution {
  readonly #definition: Definition;
  readonly #o: RunOptions;
  readonly #tokens: Tokens;
  readonly #interrupted: Promise<never>;
  #interrupt: (status: 'TIMED_OUT' | 'ABORTED') => void = () => undefined;
  #events = 0;
  #context: Record<string, unknown> = {};

  constructor(definition: Definition, options: RunOptions) {
    this.#definition = definition;
    this.#o = options;
    this.#tokens = options.tokens ?? new Tokens();
    this.#interrupted = new Promise((_, reject) => (this.#interrupt = (status) => reject(new Interrupted(status))));
    this.#interrupted.catch(() => undefined); // every wait of the run races it
  }

  async run(input: unknown): Promise<Outcome> {
    this.#context = this.#contextOf(input);
    this.#watchAbort();
    const deadline = this.#deadline();
    try {
      this.#told('ExecutionStarted', undefined, input);
      const output = await this.#walk(input);
      this.#told('ExecutionSucceeded', undefined, output);
      return { status: 'SUCCEEDED', output };
    } catch (thrown) {
      return this.#ended(thrown);
    } finally {
      deadline?.();
    }
  }

  async #walk(input: unknown): Promise<unknown> {
    let name = this.#definition.StartAt;
    let data = input;
    for (;;) {
      const state = this.#definition.States[name];
      if (!state) throw new Error(`no state ${name}`);
      if (this.#o.transitionMs) await this.#sleep(this.#o.transitionMs);
      this.#told(`${state.Type}StateEntered`, name, data);
      const way = await this.#step(name, state, data);
      within(way.output);
      if (state.Type !== 'Fail') this.#told(`${state.Type}StateExited`, name, way.output);
      if (way.end) return way.output;
      name = way.next;
      data = way.output;
    }
  }

  async #step(name: string, state: State, input: unknown): Promise<Way> {
    const context = { ...this.#context, State: { Name: name, EnteredTime: stamp(this.#o.clock.now()), RetryCount: 0 } };
    switch (state.Type) {
      case 'Task':
        return this.#task(name, state, input, context);
      case 'Pass':
        return onward(state, this.#shaped(state, input, context));
      case 'Wait':
        await this.#sleep(this.#waitMs(state, readPath(state.InputPath ?? '$', input, context), context));
        return onward(state, this.#out(state, input, context));
      case 'Choice':
        return this.#choose(state, input, context);
      case 'Succeed':
        return { end: true, output: this.#out(state, input, context) };
      case 'Fail':
        throw new ExecutionError(state.Error ?? 'States.Failed', state.Cause);
    }
  }

  #shaped(state: Extract<State, { Type: 'Pass' }>, raw: unknown, context: unknown): unknown {
    const input = readPath(state.InputPath ?? '$', raw, context);
    const result =
      'Result' in state ? plain(state.Result) : state.Parameters === undefined ? input : fill(state.Parameters, input, context);
    return readPath(state.OutputPath ?? '$', writePath(state.ResultPath === undefined ? '$' : state.ResultPath, raw, result), context);
  }

  #out(state: { InputPath?: string | undefined; OutputPath?: string | undefined }, raw: unknown, context: unknown): unknown {
    return readPath(state.OutputPath ?? '$', readPath(state.InputPath ?? '$', raw, context), context);
  }

  #choose(state: Extract<State, { Type: 'Choice' }>, raw: unknown, context: unknown): Way {
    const input = readPath(state.InputPath ?? '$', raw, context);
    const rule = state.Choices.find((c) => readPath(c.Variable, input, context) === c.StringEquals);
    const next = rule?.Next ?? state.Default;
    if (next === undefined) throw new ExecutionError('States.NoChoiceMatched', 'no rule matched and there is no Default');
    return { end: false, next, output: this.#out(state, raw, context) };
  }

  #waitMs(state: Extract<State, { Type: 'Wait' }>, input: unknown, context: unknown): number {
    if (state.TimestampPath === undefined) return 1000 * (state.Seconds ?? 0);
    return msUntil(readPath(state.TimestampPath, input, context), state.TimestampPath, this.#o.clock.now());
  }

  async #task(name: string, state: TaskState, raw: unknown, context: Record<string, unknown>): Promise<Way> {
    const retries = new Retries(state);
    for (;;) {
      try {
        const result = await this.#try(name, state, readPath(state.InputPath ?? '$', raw, context), context);
        const selected = state.ResultSelector === undefined ? result : fill(state.ResultSelector, result, context);
        const output = writePath(state.ResultPath === undefined ? '$' : state.ResultPath, raw, selected);
        return onward(state, readPath(state.OutputPath ?? '$', output, context));
      } catch (thrown) {
        if (!(thrown instanceof ExecutionError)) throw thrown;
        const delayMs = retries.delayMs(thrown.error);
        if (delayMs === undefined) return caught(state, raw, thrown);
        await this.#sleep(delayMs);
      }
    }
  }

  /** One try: the invocation, and for a waiting task the token's answer, against the task's own timeout. */
  async #try(name: string, state: TaskState, input: unknown, context: Record<string, unknown>): Promise<unknown> {
    const waits = state.Resource.endsWith('.waitForTaskToken');
    const issued = waits ? this.#tokens.issue(String((context['Execution'] as { Name?: unknown }).Name)) : undefined;
    const parameters = fill(state.Parameters, input, { ...context, ...(issued ? { Task: { Token: issued.token } } : {}) }) as {
      FunctionName: string;
      Payload?: unknown;
    };
    this.#told('TaskScheduled', name, parameters);
    const timer = this.#timer(state.TimeoutSeconds);
    try {
      const answer = await this.#beforeAll([this.#invoked(name, parameters, issued), ...(timer ? [timer.over] : [])]);
      within(answer);
      this.#told('TaskSucceeded', name, answer);
      return answer;
    } catch (thrown) {
      if (thrown instanceof ExecutionError)
        this.#told(thrown.error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed', name, failureOf(thrown));
      throw thrown;
    } finally {
      timer?.cancel();
      issued?.close();
    }
  }

  async #invoked(
    name: string,
    parameters: { FunctionName: string; Payload?: unknown },
    issued: { token: string; answer: Promise<unknown> } | undefined,
  ): Promise<unknown> {
    within(parameters.Payload);
    this.#told('TaskStarted', name);
    const invocation = this.#o.invoke(parameters.FunctionName, plain(parameters.Payload ?? {}), issued?.token).then(
      (payload) => ({ ExecutedVersion: '$LATEST', Payload: plain(payload), StatusCode: 200 }),
      (thrown: unknown) => Promise.reject(fromFunction(thrown)),
    );
    if (!issued) return invocation;
    const submitted = invocation.then(() => (this.#tokens.waits(issued.token) && this.#told('TaskSubmitted', name), issued.answer));
    return plain(await Promise.race([issued.answer, submitted]));
  }

  #timer(timeoutSeconds: number | undefined): { over: Promise<never>; cancel: () => void } | undefined {
    if (timeoutSeconds === undefined) return undefined;
    let cancel = (): void => undefined;
    const over = new Promise<never>(
      (_, reject) => (cancel = this.#after(1000 * timeoutSeconds, () => reject(new ExecutionError('States.Timeout')))),
    );
    return { over, cancel };
  }

  #beforeAll<T>(promises: readonly Promise<T>[]): Promise<T> {
    return Promise.race([this.#interrupted, ...promises]);
  }

  async #sleep(ms: number): Promise<void> {
    let cancel = (): void => undefined;
    const slept = new Promise<void>((resolve) => (cancel = this.#after(ms, resolve)));
    try {
      await this.#beforeAll([slept]);
    } finally {
      cancel();
    }
  }

  #after(ms: number, run: () => void): () => void {
    if (this.#o.clock.after) return this.#o.clock.after(ms, run);
    let wanted = true;
    void this.#o.clock.sleep(ms).then(() => wanted && run());
    return () => void (wanted = false);
  }

  #watchAbort(): void {
    const { signal } = this.#o;
    if (signal?.aborted) this.#interrupt('ABORTED');
    else signal?.addEventListener('abort', () => this.#interrupt('ABORTED'), { once: true });
  }

  #deadline(): (() => void) | undefined {
    const { TimeoutSeconds: seconds } = this.#definition;
    return seconds === undefined ? undefined : this.#after(1000 * seconds, () => this.#interrupt('TIMED_OUT'));
  }

  #ended(thrown: unknown): Outcome {
    const end = endOf(thrown);
    const typed = { FAILED: 'ExecutionFailed', TIMED_OUT: 'ExecutionTimedOut', ABORTED: 'ExecutionAborted' }[end.status];
    this.#o.onState?.({ id: ++this.#events, at: this.#o.clock.now(), type: typed, detail: end });
    return end;
  }

  #told(type: string, state?: string, detail?: unknown): void {
    if (++this.#events >= historyLimit)
      throw new ExecutionError('States.Runtime', `The execution reached the maximum number of history events (${historyLimit}).`);
    this.#o.onState?.({
      id: this.#events,
      at: this.#o.clock.now(),
      type,
      ...(state === undefined ? {} : { state }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #contextOf(input: unknown): Record<string, unknown> {
    const c = this.#o.context ?? {};
    const name = c.executionName ?? 'execution';
    return {
      Execution: { Id: c.executionArn ?? name, Input: input, Name: name, RoleArn: c.roleArn ?? '', StartTime: stamp(this.#o.clock.now()) },
      StateMachine: { Id: c.machineArn ?? '' },
    };
  }
}
