// The rows Gatemedic keeps, each with its key, its list and its schema; read, create and compare-and-set, written once for all.
import * as v from 'valibot';
import { stageKey, type StageRef } from '../model/api.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Gathered } from '../model/evidence.ts';
import type { Incident, StageRow } from '../model/incident.ts';
import { err, ok, type Result } from '../model/result.ts';
import type { Item, Store } from './store.ts';
import {
  changeSchema,
  definitionSchema,
  evidenceSchema,
  incidentSchema,
  lockSchema,
  outboxSchema,
  sourceSchema,
  stageRowSchema,
  toldSchema,
  type Definition,
  type Lock,
  type OutboxEntry,
  type Source,
  type Told,
} from './schemas.ts';

export interface Row<T> {
  readonly value: T;
  readonly version: number;
}

/** A row that an older or a newer version wrote, or somebody by hand. */
export interface Odd {
  readonly key: string;
  /** Which field is not as it should be. */
  readonly why: string;
  /** What stands there. */
  readonly value: unknown;
}
export interface Listed<T> {
  readonly rows: readonly Row<T>[];
  readonly odd: readonly Odd[];
}

interface Kind<T> {
  readonly name: string;
  readonly schema: v.GenericSchema<unknown, T>;
  /** The list an item stands in while `value` says so. */
  list?(value: T): { name: string; at: number } | undefined;
  expiresAt?(value: T): number | undefined;
}

const day = 24 * 3_600_000;

/** How often a compare-and-set is tried again before it counts as a bug: writers of one row are few. */
const attempts = 8;

export class RowKind<T> {
  readonly #kind: Kind<T>;
  constructor(kind: Kind<T>) {
    this.#kind = kind;
  }
  key(id: string): string {
    return `${this.#kind.name}#${id}`;
  }
  async get(store: Store, id: string): Promise<Row<T> | undefined> {
    const item = await store.get(this.key(id));
    return item && this.read(item);
  }
  read(item: Item): Row<T> {
    const read = this.#readable(item);
    if (!read.ok) throw new Error(`stored item ${item.key} is not a ${this.#kind.name}: ${read.error.why}`);
    return read.value;
  }
  /** The row, or what is odd about it: for those who must go on with the others. */
  async find(store: Store, id: string): Promise<Result<Row<T>, Odd> | undefined> {
    const item = await store.get(this.key(id));
    return item && this.#readable(item);
  }
  #readable(item: Item): Result<Row<T>, Odd> {
    const read = v.safeParse(this.#kind.schema, item.value);
    if (read.success) return ok({ value: read.output, version: item.version });
    const [issue] = read.issues;
    return err({ key: item.key, why: `${v.getDotPath(issue) ?? 'the row'} ${issue.message}`.slice(0, 300), value: item.value });
  }
  /** False when there is one already. */
  async create(store: Store, id: string, value: T): Promise<boolean> {
    return (await store.putIfAbsent(this.#item(id, value))).written;
  }
  /** Writes what `next` makes of the current value, tried again when another writer was faster. `next` returning undefined leaves the row as it is. */
  async update(store: Store, id: string, next: (current: T) => T | undefined): Promise<T | undefined> {
    for (let n = 0; n < attempts; n++) {
      const row = await this.get(store, id);
      if (!row) return undefined;
      const value = next(row.value);
      if (value === undefined) return row.value;
      if ((await store.putIfUnchanged(this.#item(id, value), row.version)).written) return value;
    }
    throw new Error(`row ${this.key(id)} changed ${attempts} times under our hands; look for a loop that writes it`);
  }
  /** Creates the row from `next(undefined)` or updates it. */
  async upsert(store: Store, id: string, next: (current: T | undefined) => T | undefined): Promise<T | undefined> {
    for (let n = 0; n < attempts; n++) {
      const row = await this.get(store, id);
      const value = next(row?.value);
      if (value === undefined) return row?.value;
      const item = this.#item(id, value);
      const written = row ? await store.putIfUnchanged(item, row.version) : await store.putIfAbsent(item);
      if (written.written) return value;
    }
    throw new Error(`row ${this.key(id)} changed ${attempts} times under our hands; look for a loop that writes it`);
  }
  async remove(store: Store, id: string): Promise<void> {
    const item = await store.get(this.key(id));
    if (item) await store.deleteIfUnchanged(item.key, item.version);
  }
  async list(store: Store, name: string, range: { from?: number; to?: number; limit?: number } = {}): Promise<readonly Row<T>[]> {
    return (await store.list(name, range)).map((item) => this.read(item));
  }
  /** The same, with the odd ones apart: one that another version wrote must not hide the rest. */
  async listed(store: Store, name: string, range: { from?: number; to?: number } = {}): Promise<Listed<T>> {
    const all = (await store.list(name, range)).map((item) => this.#readable(item));
    return { rows: all.flatMap((r) => (r.ok ? [r.value] : [])), odd: all.flatMap((r) => (r.ok ? [] : [r.error])) };
  }
  #item(id: string, value: T) {
    const list = this.#kind.list?.(value);
    const expiresAt = this.#kind.expiresAt?.(value);
    return { key: this.key(id), value, ...(list ? { list } : {}), ...(expiresAt === undefined ? {} : { expiresAt }) };
  }
}

const openSteps = new Set(['planned', 'applying', 'applied', 'verified', 'failed', 'undoing', 'stuck']);

/** Lists: `live` (stages in trouble, by openedAt), `open-incidents`, `closed-incidents` (by closedAt), `open-changes`, `changes` (settled, by last entry), `definitions {stage}`, `sources`, `outbox`. */
export const rows = {
  stage: new RowKind<StageRow>({
    name: 'stage',
    schema: stageRowSchema,
    list: (s) => (s.live ? { name: 'live', at: s.live.openedAt } : undefined),
  }),
  incident: new RowKind<Incident>({
    name: 'incident',
    schema: incidentSchema,
    list: (i) =>
      i.phase === 'live' ? { name: 'open-incidents', at: i.openedAt } : { name: 'closed-incidents', at: i.closedAt ?? i.openedAt },
    expiresAt: (i) => (i.phase === 'closed' ? (i.closedAt ?? i.openedAt) + 90 * day : undefined),
  }),
  evidence: new RowKind<{ readonly gathered: Gathered; readonly at: number }>({
    name: 'evidence',
    schema: evidenceSchema,
    expiresAt: (e) => e.at + 30 * day,
  }),
  change: new RowKind<ChangeRecord>({
    name: 'change',
    schema: changeSchema,
    list: (c) => ({ name: openSteps.has(c.step) ? 'open-changes' : 'changes', at: c.entries.at(-1)?.at ?? 0 }),
  }),
  /** What a stage served while all was well, by deployment. */
  definition: new RowKind<Definition>({
    name: 'definition',
    schema: definitionSchema,
    list: (d) => ({ name: `definitions ${d.stage}`, at: d.keptAt }),
    expiresAt: (d) => d.keptAt + 180 * day,
  }),
  lock: new RowKind<Lock>({ name: 'lock', schema: lockSchema, expiresAt: (l) => l.expiresAt }),
  /** Which stage a log group speaks for; written by the reconciler, read by intake. */
  source: new RowKind<Source>({ name: 'source', schema: sourceSchema, list: () => ({ name: 'sources', at: 0 }) }),
  told: new RowKind<Told>({ name: 'told', schema: toldSchema, expiresAt: (t) => t.at + 30 * day }),
  outbox: new RowKind<OutboxEntry>({ name: 'outbox', schema: outboxSchema, list: (o) => ({ name: 'outbox', at: o.firstAt }) }),
} as const;

/** The id of a stage's row. */
export const stageId = (at: Pick<StageRef, 'apiId' | 'stage'>): string => stageKey(at);
