// What strikes processes at their calls: they die before or after one, stand still before a write, and read what was true a while ago.
import type { CallName } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import type { EdgeCall, Invocation } from '../../lib/demo/process.ts';
import type { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { SandboxCrash } from '../../lib/sandbox/account/index.ts';
import { WorldError } from '../../lib/world.ts';
import type { Happening } from './events.ts';

type Crash = Extract<Happening, { is: 'crash' }>;
type Pause = Extract<Happening, { is: 'pause' }>;
type Armed<T> = T & { left: number };

const isWrite = ({ edge, name }: EdgeCall): boolean => edge === 'aws' && table[name as CallName].effect === 'write';

export class Strikes {
  crashes = 0;
  topicDown = false;
  /** How long reads lag behind writes; nought is not at all. */
  lagMs = 0;
  readonly #clock: SimulatedClock;
  readonly #crashes: Armed<Crash>[] = [];
  readonly #pauses: Armed<Pause>[] = [];
  /** Matching calls of each process, by what is to strike it. */
  readonly #seen = new WeakMap<Invocation, Map<object, number>>();
  readonly #answers = new Map<string, { readonly at: number; readonly answer: unknown }>();
  readonly #writtenAt = new Map<string, number>();

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  crash(spec: Crash): void {
    this.#crashes.push({ ...spec, left: spec.times });
  }
  pause(spec: Pause): void {
    this.#pauses.push({ ...spec, left: 1 });
  }
  /** Whoever has not been struck by now is not. */
  disarm(): void {
    this.#crashes.length = 0;
    this.#pauses.length = 0;
    this.topicDown = false;
    this.lagMs = 0;
  }

  async around<T>(invocation: Invocation, call: EdgeCall, work: () => Promise<T>): Promise<T> {
    const crash = this.#crashes.find((c) => this.#strikes(c, invocation, call));
    if (crash) crash.left--;
    if (crash) this.crashes++;
    if (crash?.when === 'before') throw new SandboxCrash('before', call.name);
    if (call.edge === 'topic' && this.topicDown) throw new WorldError('down', 'sns:Publish', 'the simulation refuses');
    await this.#standStill(invocation, call);
    const answer = call.edge === 'aws' ? await this.#lagging(call, work) : await work();
    if (crash) throw new SandboxCrash('after', call.name);
    return answer;
  }

  #strikes(crash: Armed<Crash>, invocation: Invocation, call: EdgeCall): boolean {
    if (crash.left === 0 || (crash.duty !== undefined && crash.duty !== invocation.duty)) return false;
    if ((crash.edge !== undefined && crash.edge !== call.edge) || (crash.writes && !isWrite(call))) return false;
    const seen = this.#seen.get(invocation) ?? new Map<object, number>();
    this.#seen.set(invocation, seen);
    const n = seen.get(crash) ?? 0;
    seen.set(crash, n + 1);
    return n === crash.nth;
  }

  async #standStill(invocation: Invocation, call: EdgeCall): Promise<void> {
    const pause = isWrite(call) ? this.#pauses.find((p) => p.left > 0 && p.duty === invocation.duty) : undefined;
    if (!pause) return;
    pause.left--;
    await this.#clock.sleep(pause.ms);
  }

  /** After a write, reads of the same service answer for a while what they answered before it. */
  async #lagging<T>({ name, input }: EdgeCall, work: () => Promise<T>): Promise<T> {
    if (this.lagMs === 0) return await work();
    const service = name.slice(0, name.indexOf(':'));
    if (table[name as CallName].effect === 'write') {
      const answer = await work();
      this.#writtenAt.set(service, this.#clock.now());
      return answer;
    }
    const key = `${name} ${JSON.stringify(input)}`;
    const writtenAt = this.#writtenAt.get(service);
    const old = this.#answers.get(key);
    if (writtenAt !== undefined && old && old.at <= writtenAt && this.#clock.now() < writtenAt + this.lagMs) return old.answer as T;
    const answer = await work();
    if (service === 'lambda') this.#answers.set(key, { at: this.#clock.now(), answer });
    return answer;
  }
}
