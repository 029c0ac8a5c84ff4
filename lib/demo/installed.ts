// Gatemedic installed in a sandbox account from its own synthesised template: the same functions, roles, rules, schedules, alarms and
// state machines that a deployment would make, wired by what the template says.
import * as v from 'valibot';
import { awsClient } from '../aws/client.ts';
import { gatewayLimiter } from '../aws/limiter.ts';
import type { Attempt, CallName } from '../aws/calls.ts';
import { handedAttempt, handRoleArn, handRoleName } from '../aws/hands.ts';
import type { OwnArns } from '../aws/own.ts';
import { duties, handed, type Duty, type DutyId } from '../duties.ts';
import type { Hand } from '../model/change.ts';
import { readInstallation, unpackSettings, type Installation } from '../model/installation.ts';
import type { Account } from '../sandbox/account/index.ts';
import { allows, type Principal } from '../sandbox/iam.ts';
import type { SandboxSlack } from '../sandbox/slack.ts';
import { sandboxSts, type AccessKey } from '../sandbox/sts.ts';
import { stages } from '../stages/index.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { createMachines, type Machines } from '../workflow/machines.ts';
import type { HistoryEvent } from '../workflow/interpreter.ts';
import type { ResolvedFunction, ResolvedTemplate } from '../workflow/template.ts';
import type { World } from '../world.ts';
import { matchesPattern, nextFiring } from './bus.ts';
import { Meter } from './meter.ts';
import { witnessed, type Observe } from './observer.ts';
import { guardedStore, noSlack, sandboxDeadLetter, sandboxTopic, sandboxWorkflow, type PutAside } from './own-edges.ts';
import { ownWire, type Said } from './own-wire.ts';
import { Process, type Around } from './process.ts';
import { ownArns } from './own-arns.ts';

export interface InstallOptions {
  readonly account: Account;
  readonly template: ResolvedTemplate;
  readonly slack: SandboxSlack;
  /** Hears of what Gatemedic writes and says. */
  readonly observe?: Observe | undefined;
  readonly onState?: (execution: { readonly machineArn: string; readonly name: string }, event: HistoryEvent) => void;
  /** How often each delivery arrives: at-least-once, taken at its word. */
  readonly deliveredTimes?: number;
  /** Of the people who decide by the command line. */
  readonly keys?: readonly AccessKey[];
  /** What surrounds each call of each process. */
  readonly around?: Around;
  /** How far the clock of a duty's process is off, now. */
  readonly clockOffMs?: (duty: DutyId) => number;
  /** Nobody asks what the run would cost. */
  readonly unmetered?: true;
}

export interface Installed {
  readonly installation: Installation;
  readonly machines: Machines;
  readonly store: Store;
  readonly own: OwnArns;
  readonly topic: readonly Said[];
  readonly aside: readonly PutAside[];
  readonly meter: Meter;
  /** Signals that reached intake: deliveries, duplicates included. */
  deliveries(): number;
  /** Whether an execution runs, or something was left to take back at a later time. */
  busy(): boolean;
  /** Hands an event to a duty's function, asynchronously, as Lambda does: two retries, then the dead-letter queue. */
  invokeLater(duty: DutyId, event: unknown): void;
  /** Hands it over and waits for the answer, as a person's order does. */
  invoke(duty: DutyId, event: unknown): Promise<unknown>;
}

/** A warm environment answers in some tens of milliseconds, a cold one starts first (ecosystem.md, Lambda bundles). */
const warmMs = 20;
const coldMs = 350;
/** Lambda's own retries of an asynchronous invocation (platform.md §3). */
const asyncRetriesMs = [60_000, 120_000];

export function installGatemedic(options: InstallOptions): Installed {
  return new Installing(options).installed();
}

class Installing {
  readonly #o: InstallOptions;
  readonly #functions: ReadonlyMap<DutyId, ResolvedFunction>;
  readonly #installation: Installation;
  readonly #own: OwnArns;
  readonly #machines: Machines;
  readonly #store: Store;
  readonly #topic: Said[] = [];
  readonly #aside: PutAside[] = [];
  readonly #warm = new Set<DutyId>();
  readonly #meter = new Meter();
  readonly #scheduled = new Set<string>();
  readonly #verdicts = new Map<string, boolean>();
  #deliveries = 0;

  constructor(options: InstallOptions) {
    this.#o = options;
    const { template, account } = options;
    this.#functions = new Map(
      template.functions.flatMap((f) => duties.flatMap((d) => (f.handler === `${d.id}.handler` ? [[d.id, f] as const] : []))),
    );
    const [first] = this.#functions.values();
    this.#installation = readInstallation(JSON.parse(unpackSettings(first?.environment['GATEMEDIC_INSTALLATION'] ?? '{}')));
    this.#own = ownArns(template);
    this.#store = options.observe ? witnessed(memoryStore(), options.observe) : memoryStore();
    this.#machines = createMachines({
      definitions: Object.fromEntries(template.machines.map((m) => [m.arn, m.definition])),
      clock: account.clock,
      invoke: (name, payload) => this.#invoke(this.#dutyOf(name), payload),
      background: (work) => account.clock.start(work),
      onEnd: (event) => this.#bus(event),
      transitionMs: 25,
      onState: (execution, event) => {
        this.#meter.history(event);
        options.onState?.(execution, event);
      },
    });
  }

  installed(): Installed {
    this.#wire();
    return {
      installation: this.#installation,
      machines: this.#machines,
      store: this.#store,
      own: this.#own,
      topic: this.#topic,
      aside: this.#aside,
      meter: this.#meter,
      deliveries: () => this.#deliveries,
      busy: () => this.#machines.list().some((d) => d.status === 'RUNNING') || this.#scheduled.size > 0,
      invokeLater: (duty, event) => this.#later(duty, event),
      invoke: (duty, event) => this.#invoke(duty, event),
    };
  }

  #wire(): void {
    const { account, template, deliveredTimes = 1 } = this.#o;
    account.onBusEvent((event) => this.#times(deliveredTimes, () => this.#bus(event)));
    account.onLogDelivery((destinationArn, event) => this.#times(deliveredTimes, () => this.#deliver(destinationArn, event)));
    for (const alarm of template.alarms) account.putAlarm(alarm.properties);
    for (const s of template.schedules) this.#schedule(s.expression, () => this.#later(this.#dutyOf(s.targetArn), s.input ?? {}));
    const subscribe = template.schedules.find((s) => this.#dutyOf(s.targetArn) === 'subscribe');
    if (subscribe) this.#later('subscribe', subscribe.input ?? {});
    for (const r of Object.values(template.resources))
      if (r.type === 'AWS::SSM::Parameter') account.putParameter(r.ref, String(r.properties['Value']));
  }

  #times(n: number, deliver: () => void): void {
    for (let i = 0; i < n; i++) this.#o.account.clock.after(i * 40, deliver);
  }

  #bus(event: unknown): void {
    for (const rule of this.#o.template.rules)
      if (matchesPattern(rule.pattern, event)) for (const target of rule.targets) this.#deliver(target.arn, target.input ?? event);
  }

  #deliver(arn: string, event: unknown): void {
    const duty = this.#dutyOf(arn);
    if (duty === 'intake') this.#deliveries++;
    this.#later(duty, event);
  }

  #schedule(expression: string, fire: () => void): void {
    const { clock } = this.#o.account;
    clock.at(nextFiring(expression, clock.now()), () => {
      fire();
      this.#schedule(expression, fire);
    });
  }

  /** `…:function:gatemedic-intake:live` or its bare name → the duty whose function it is. */
  #dutyOf(arn: string): DutyId {
    const name = arn.split(':function:').at(-1)?.split(':')[0];
    for (const [duty, f] of this.#functions) if (f.name === name) return duty;
    throw new Error(`${arn} is no function of the template`);
  }

  #later(duty: DutyId, event: unknown, tries = 0): void {
    this.#o.account.clock.start(async () => {
      try {
        await this.#invoke(duty, event);
      } catch (error) {
        const againMs = asyncRetriesMs[tries];
        if (againMs === undefined) this.#aside.push({ record: event, reason: `${duty}: ${String(error)}` });
        else this.#o.account.clock.after(againMs, () => this.#later(duty, event, tries + 1));
      }
    });
  }

  async #invoke(id: DutyId, payload: unknown): Promise<unknown> {
    const { clock } = this.#o.account;
    const stage = stages[id];
    const f = this.#functions.get(id);
    const duty = duties.find((d) => d.id === id);
    if (!stage || !f || !duty) throw new Error(`duty ${id} has no stage or no function in the template`);
    const startedAt = clock.now();
    await clock.sleep(this.#warm.has(id) ? warmMs : coldMs);
    this.#warm.add(id);
    const input = v.parse(stage.input, JSON.parse(JSON.stringify(payload ?? {})));
    const timeLeftMs = (): number => startedAt + f.timeoutSeconds * 1000 - clock.now();
    const living = new Process({ duty: id, payload: input, startedAt }, this.#o.around);
    const work = this.#withinTimeout(f, living, stage.run(this.#worldOf(duty, f, living, timeLeftMs), input));
    const answer: unknown = JSON.parse(
      JSON.stringify((await work.finally(() => this.#meter.invoked(id, clock.now() - startedAt, duty.memoryMb))) ?? null),
    );
    if (id === 'intake') this.#heard(answer);
    return answer;
  }

  /** What intake made of one delivery. */
  #heard(answer: unknown): void {
    const {
      signals = 0,
      ignored = 0,
      refused = 0,
      opened = [],
    } = answer as { signals?: number; ignored?: number; refused?: number; opened?: readonly string[] };
    if (signals > 0)
      this.#o.observe?.({
        kind: 'signal',
        says: `${signals} ${signals === 1 ? 'signal' : 'signals'}: ${opened.join(', ') || 'nothing new'}`,
        fields: { signals, opened, ignored, refused },
      });
  }

  async #withinTimeout<T>(f: ResolvedFunction, living: Process, work: Promise<T>): Promise<T> {
    const over = new Error(`Task timed out after ${f.timeoutSeconds}.00 seconds`);
    const cancel = this.#o.account.clock.after(f.timeoutSeconds * 1000, () =>
      living.die(Object.assign(over, { name: 'Sandbox.Timedout' })),
    );
    try {
      return await Promise.race([work, living.death]);
    } finally {
      cancel();
    }
  }

  #worldOf(duty: Duty, f: ResolvedFunction, living: Process, timeLeftMs: () => number): World<CallName> {
    const { account, slack } = this.#o;
    const { clock } = account;
    const principal = { name: f.name, statements: f.statements };
    const wire = ownWire(
      (service) => account.count(service),
      (action, resource) => this.#allowed(principal, action, resource),
      f.name,
    );
    const guarded = guardedStore(wire, this.#own, this.#store);
    const store = living.store(this.#o.unmetered ? guarded : this.#meter.store(guarded, duty.id));
    const offMs = this.#o.clockOffMs?.(duty.id) ?? 0;
    return {
      aws: awsClient({
        attempt: living.attempt(
          this.#meter.attempt(
            handedAttempt(account.attempt(principal), duty.edges.includes('hands') ? handed(this.#installation) : new Map(), (hand) =>
              this.#taken(wire, hand),
            ),
          ),
        ),
        clock,
        random: () => account.random(),
        declared: duty.calls(this.#installation),
        limiter: gatewayLimiter(store, clock),
        duty: duty.id,
        ...(duty.id === 'carry-out' || duty.id === 'farewell' ? { timeLeftMs } : {}),
      }),
      store,
      slack: duty.edges.includes('slack') ? living.slack(slack) : noSlack(duty.id),
      topic: living.topic(sandboxTopic(wire, this.#own, this.#topic, clock)),
      workflow: living.workflow(sandboxWorkflow(wire, this.#own, () => this.#machines, clock, this.#scheduled)),
      deadLetter: living.deadLetter(sandboxDeadLetter(wire, this.#own, this.#aside)),
      identity: sandboxSts(this.#o.keys ?? [], clock),
      installation: this.#installation,
      // a process's clock counts whole milliseconds, whatever a retry waited: ids and names are made of them
      now: () => Math.floor(clock.now() + offMs),
      timeLeftMs,
      id: () =>
        Math.floor(account.random() * 36 ** 8)
          .toString(36)
          .padStart(8, '0'),
      log: (event, fields) => this.#meter.logged(event, fields),
    };
  }

  /** Another role, taken for a few calls: the function's own must let it. */
  #taken(wire: ReturnType<typeof ownWire>, hand: Hand): Attempt {
    const arn = handRoleArn(this.#installation, hand);
    wire('sts', 'sts:AssumeRole', arn);
    return this.#o.account.attempt({ name: handRoleName(this.#installation.region, hand), statements: this.#o.template.statementsOf(arn) });
  }

  /** Roles do not change in a run, and each row read and written asks. */
  #allowed(principal: Exclude<Principal, 'admin'>, action: string, resource: string): boolean {
    const key = `${principal.name} ${action} ${resource}`;
    const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
    const allowed = this.#verdicts.get(key) ?? allows(principal, { action, resource, context });
    this.#verdicts.set(key, allowed);
    return allowed;
  }
}
