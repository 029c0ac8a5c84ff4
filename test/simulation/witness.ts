// Watches a world from outside: every row as it was really written, and every write at the wire together with the values that stood there
// before and after. It sees what each process did, in true time, and decides nothing.
import type { CallName } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import type { EdgeCall, Invocation } from '../../lib/demo/process.ts';
import type { ChangeRecord, Plan } from '../../lib/model/change.ts';
import type { Incident, StageRow } from '../../lib/model/incident.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import { lockKeys, moveOf, read, type Move } from '../../lib/stages/changing/moves.ts';
import type { NewItem, Written } from '../../lib/store/store.ts';

/** One setting of a plan around one write. */
export interface Moved {
  readonly n: number;
  readonly move: Move;
  readonly was: unknown;
  readonly is: unknown;
}
/** A write that AWS took. */
export interface Write {
  readonly at: number;
  /** When its process had last looked. */
  readonly readAt: number;
  readonly call: CallName;
  readonly process: Deeds;
  readonly changeId: string | undefined;
  readonly step: ChangeRecord['step'] | undefined;
  /** Who held the locks of the change it belongs to, and until when. */
  readonly locks: readonly { readonly key: string; readonly owner: string; readonly expiresAt: number }[];
  /** The values of its change that it moved; and whether anything else of the account moved with it. */
  readonly moved: readonly Moved[];
  readonly elsewhere: readonly string[];
}
/** What one process did so far. */
export interface Deeds {
  readonly invocation: Invocation;
  doing: { readonly changeId: string; readonly as: 'apply' | 'undo' } | undefined;
  lastReadAt: number;
  lastWriteAt: number | undefined;
  readonly writes: Write[];
}
/** A change that began: the first entry `applying`, and how the world stood then. */
export interface Begun {
  readonly at: number;
  readonly change: ChangeRecord;
  readonly incident: Incident | undefined;
  readonly process: Deeds;
}

interface Around {
  readonly change: ChangeRecord | undefined;
  readonly moves: readonly Move[];
  readonly before: readonly unknown[];
  readonly elsewhere: readonly string[];
}

export class Witness {
  readonly changes = new Map<string, ChangeRecord>();
  readonly incidents = new Map<string, Incident>();
  readonly stages = new Map<string, StageRow>();
  readonly locks = new Map<string, { readonly owner: string; readonly expiresAt: number }>();
  readonly writes: Write[] = [];
  /** What a role refused; not what an owner's own policy did. */
  readonly denied: string[] = [];
  /** Incident and fix that a person said no to. */
  readonly dismissed = new Set<string>();
  onBegun: (begun: Begun) => void = () => undefined;
  /** The journal says that a change is made. */
  onMade: (change: ChangeRecord) => void = () => undefined;
  /** An incident's row says that something is to be changed. */
  onDecided: (plan: Plan) => void = () => undefined;
  onWrite: (write: Write) => void = () => undefined;
  readonly #account: Account;
  /** What each write moved, by its input: looked at in the moment, while others write, too. */
  readonly #moved = new WeakMap<object, readonly string[]>();
  readonly #deeds = new WeakMap<Invocation, Deeds>();

  constructor(account: Account) {
    this.#account = account;
    account.watchWrites((input, write) => {
      const before = flat(account.snapshot());
      const answer = write();
      this.#moved.set(input, differing(before, flat(account.snapshot())));
      return answer;
    });
  }

  deedsOf(invocation: Invocation): Deeds {
    const found = this.#deeds.get(invocation);
    if (found) return found;
    const made = { invocation, doing: undefined, lastReadAt: invocation.startedAt, lastWriteAt: undefined, writes: [] };
    this.#deeds.set(invocation, made);
    return made;
  }

  async watch<T>(invocation: Invocation, call: EdgeCall, work: () => Promise<T>): Promise<T> {
    if (call.edge === 'store') return await this.#row(invocation, call, work);
    if (call.edge !== 'aws') return await work();
    const name = call.name as CallName;
    if (table[name].effect === 'write' && invocation.duty === 'carry-out')
      return await this.#write(this.deedsOf(invocation), name, call.input[0] as object, work);
    // what a read answers stood there when it was asked, or later: nobody knows how much
    const askedAt = this.#account.clock.now();
    const answer = await work();
    this.deedsOf(invocation).lastReadAt = askedAt;
    return answer;
  }

  async #row<T>(invocation: Invocation, { name, input }: EdgeCall, work: () => Promise<T>): Promise<T> {
    const answer = await work();
    const [item] = input as readonly [NewItem];
    if ((name === 'putIfAbsent' || name === 'putIfUnchanged') && (answer as Written).written) this.#kept(this.deedsOf(invocation), item);
    return answer;
  }

  #kept(process: Deeds, { key, value }: NewItem): void {
    const id = key.slice(key.indexOf('#') + 1);
    if (key.startsWith('incident#')) this.#incident(id, value as Incident);
    if (key.startsWith('stage#')) this.stages.set(id, value as StageRow);
    if (key.startsWith('change#')) this.#change(process, id, value as ChangeRecord);
    if (key.startsWith('lock#')) {
      const lock = value as { owner: string; expiresAt: number };
      this.locks.set(id, lock);
      const [changeId = '', as] = lock.owner.split(':');
      if (as === 'apply' || as === 'undo') process.doing = { changeId, as };
    }
  }

  #incident(id: string, incident: Incident): void {
    const before = this.incidents.get(id)?.decision;
    this.incidents.set(id, incident);
    const { question, decision } = incident;
    if (decision?.do === 'act' && decision.at !== before?.at) this.onDecided(decision.plan);
    if (question?.state === 'dismissed') this.dismissed.add(`${id} ${question.plan.fix}`);
  }

  #change(process: Deeds, id: string, change: ChangeRecord): void {
    const before = this.changes.get(id)?.step;
    this.changes.set(id, change);
    if (change.step === 'applied' && before !== 'applied') this.onMade(change);
    if (change.step !== 'applying' || before === 'applying') return;
    this.onBegun({ at: this.#account.clock.now(), change, incident: this.incidents.get(change.incidentId), process });
  }

  async #write<T>(process: Deeds, call: CallName, input: object, work: () => Promise<T>): Promise<T> {
    const change = this.#underWay(process);
    const moves = change ? change.plan.changes.map(moveOf) : [];
    const before = await this.#values(moves);
    const answer = await work();
    this.#refused(process, call, answer);
    // whatever the process will hear: what moved was written
    const elsewhere = this.#moved.get(input) ?? [];
    if (elsewhere.length > 0) await this.#written(process, call, { change, moves, before, elsewhere });
    return answer;
  }

  #refused(process: Deeds, call: CallName, answer: unknown): void {
    const { ok, error } = answer as { readonly ok: boolean; readonly error?: { readonly kind: string; readonly message: string } };
    if (!ok && error?.kind === 'denied' && !error.message.includes('service control policy'))
      this.denied.push(`${process.invocation.duty}: ${call}: ${error.message}`);
  }

  async #written(process: Deeds, call: CallName, { change, moves, before, elsewhere }: Around): Promise<void> {
    const after = await this.#values(moves);
    const moved = moves.flatMap((move, n) => (move.setting.same(before[n], after[n]) ? [] : [{ n, move, was: before[n], is: after[n] }]));
    const write: Write = {
      at: this.#account.clock.now(),
      readAt: process.lastReadAt,
      call,
      process,
      changeId: change?.id,
      step: change && this.changes.get(change.id)?.step,
      locks: change ? lockKeys(change.plan).map((key) => ({ key, ...(this.locks.get(key) ?? { owner: 'nobody', expiresAt: 0 }) })) : [],
      moved,
      elsewhere,
    };
    this.onWrite(write);
    this.writes.push(write);
    process.writes.push(write);
    process.lastWriteAt = write.at;
  }

  /** By the locks it took; a process that took none (or whose lock says nothing) is found by the journal. */
  #underWay({ doing }: Deeds): ChangeRecord | undefined {
    const byLock = doing && this.changes.get(doing.changeId);
    return byLock ?? [...this.changes.values()].findLast((c) => c.step === 'applying' || c.step === 'undoing');
  }

  #values(moves: readonly Move[]): Promise<readonly unknown[]> {
    const aws = { call: this.#account.peek } as Parameters<typeof read>[0];
    return Promise.all(
      moves.map(async (move) => {
        const now = await read(aws, move);
        return now.ok ? now.value.value : `unreadable: ${now.error.name}`;
      }),
    );
  }
}

/** Every leaf by its path. */
function flat(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value === 'object' && value !== null) for (const [key, part] of Object.entries(value)) flat(part, `${path}/${key}`, into);
  else into.set(path, value);
  return into;
}
const differing = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): readonly string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
