// What AWS would put on the bill for a run: invocations, transitions, table units, metrics, log bytes. Counted where Gatemedic meets the
// sandbox's edges; what each costs is not said here (scripts/bench/prices.ts).
import type { Attempt } from '../aws/calls.ts';
import type { DutyId } from '../duties.ts';
import type { Item, NewItem, Store, Written } from '../store/store.ts';

export interface Work {
  readonly invocations: number;
  /** From the invocation to its answer, simulated, the start of a cold environment included. */
  readonly ms: number;
  readonly memoryMb: number;
  readonly reads: number;
  readonly writes: number;
}
export interface Usage {
  readonly byDuty: Readonly<Partial<Record<DutyId, Work>>>;
  /** States entered, in both machines. */
  readonly transitions: number;
  /** DynamoDB request units. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Metrics asked for in GetMetricData. */
  readonly metrics: number;
  /** Gatemedic's own log lines, in bytes. */
  readonly logBytes: number;
}

/** DynamoDB: a read unit is 4 KB read consistently, half of one eventually; a write unit is 1 KB. */
const readUnitBytes = 4096;
const writeUnitBytes = 1024;
/** Key, version, list and time of an item, beside its value. */
const attributeBytes = 120;

const bytesOf = (item: Pick<Item, 'key' | 'value'> | undefined): number =>
  item ? attributeBytes + item.key.length + valueBytes(item.value) : 0;

/** The store gives every reader the same frozen value, and a burst reads its incident's thousands of times. */
const known = new WeakMap<object, number>();
function valueBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return Buffer.byteLength(JSON.stringify(value) ?? '');
  const bytes = known.get(value) ?? Buffer.byteLength(JSON.stringify(value));
  known.set(value, bytes);
  return bytes;
}
const units = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit));

type Mutable = { -readonly [K in keyof Work]: Work[K] };

export class Meter {
  readonly #byDuty = new Map<DutyId, Mutable>();
  /** Which list an item stands in: moving it from one to another is two writes of the index. */
  readonly #lists = new Map<string, string>();
  #transitions = 0;
  #readUnits = 0;
  #writeUnits = 0;
  #metrics = 0;
  #logBytes = 0;

  usage(): Usage {
    return {
      byDuty: Object.fromEntries([...this.#byDuty].map(([duty, work]) => [duty, { ...work }])),
      transitions: this.#transitions,
      readUnits: this.#readUnits,
      writeUnits: this.#writeUnits,
      metrics: this.#metrics,
      logBytes: this.#logBytes,
    };
  }

  /** Begins again from nothing: what was before the story is not its price. */
  clear(): void {
    this.#byDuty.clear();
    this.#transitions = this.#readUnits = this.#writeUnits = this.#metrics = this.#logBytes = 0;
  }

  invoked(duty: DutyId, ms: number, memoryMb: number): void {
    const work = this.#workOf(duty);
    work.invocations++;
    work.ms += ms;
    work.memoryMb = memoryMb;
  }

  history(event: { readonly type: string }): void {
    if (event.type.endsWith('StateEntered')) this.#transitions++;
  }

  logged(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#logBytes += Buffer.byteLength(JSON.stringify({ event, ...fields }));
  }

  /** Counts the metrics that are asked for, tries included: each one is billed. */
  attempt(attempt: Attempt): Attempt {
    return (name, input) => {
      const queries: unknown = Reflect.get(input, 'MetricDataQueries');
      if (name === 'cloudwatch:GetMetricData' && Array.isArray(queries)) this.#metrics += queries.filter(isMetric).length;
      return attempt(name, input);
    };
  }

  store(store: Store, duty: DutyId): Store {
    return {
      get: async (key) => {
        const item = await store.get(key);
        this.#read(duty, units(bytesOf(item), readUnitBytes));
        return item;
      },
      list: async (name, range) => {
        const items = await store.list(name, range);
        const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
        this.#read(duty, units(bytes, readUnitBytes) / 2);
        return items;
      },
      putIfAbsent: async (item) => this.#put(duty, item, await store.putIfAbsent(item)),
      putIfUnchanged: async (item, version) => this.#put(duty, item, await store.putIfUnchanged(item, version)),
      deleteIfUnchanged: (key, version) => {
        this.#write(duty, this.#lists.delete(key) ? 2 : 1);
        return store.deleteIfUnchanged(key, version);
      },
      countBelow: (key, max, expiresAt) => {
        this.#write(duty, 1);
        return store.countBelow(key, max, expiresAt);
      },
    };
  }

  /** A condition that fails is billed too; the index, which holds every attribute, is written with the item. */
  #put(duty: DutyId, item: NewItem, written: Written): Written {
    const size = units(bytesOf(item), writeUnitBytes);
    this.#write(duty, written.written ? size * (1 + this.#indexWrites(item)) : size);
    return written;
  }

  #indexWrites({ key, list }: NewItem): number {
    const before = this.#lists.get(key);
    const now = list && `${list.name}#${list.at}`;
    if (now === undefined) this.#lists.delete(key);
    else this.#lists.set(key, now);
    return before !== undefined && now !== undefined && before !== now ? 2 : before === undefined && now === undefined ? 0 : 1;
  }

  #read(duty: DutyId, unitsRead: number): void {
    this.#workOf(duty).reads++;
    this.#readUnits += unitsRead;
  }

  #write(duty: DutyId, unitsWritten: number): void {
    this.#workOf(duty).writes++;
    this.#writeUnits += unitsWritten;
  }

  #workOf(duty: DutyId): Mutable {
    const work = this.#byDuty.get(duty) ?? { invocations: 0, ms: 0, memoryMb: 0, reads: 0, writes: 0 };
    this.#byDuty.set(duty, work);
    return work;
  }
}

/** An expression over other metrics costs nothing of its own. */
const isMetric = (query: unknown): boolean => typeof query === 'object' && query !== null && 'MetricStat' in query;
