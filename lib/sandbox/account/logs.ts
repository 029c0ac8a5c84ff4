// CloudWatch Logs in memory: groups that come to be with their first line, lines searchable some seconds after they were
// written, and two subscription filters a group. Lines are rendered when somebody reads, so hours of traffic cost little.
import { gzipSync } from 'node:zlib';
import { type Base, spread } from './base.ts';
import { type Matcher, filterPattern } from './filter-pattern.ts';

export interface Line {
  readonly at: number;
  readonly text: string;
}
/** The lines of one request or invocation. */
export interface Entry {
  readonly n: number;
  readonly from: number;
  readonly to: number;
  /** Failed requests are kept apart, so that hours of good ones do not push them out. */
  readonly failed: boolean;
  readonly stream: string;
  readonly lines: () => readonly Line[];
}
export interface StoredEvent {
  readonly at: number;
  readonly id: string;
  readonly stream: string;
  readonly text: string;
  readonly searchableAt: number;
}
export interface SubscriptionFilter {
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
  readonly createdAt: number;
}
/** The Lambda event of a subscription: `awslogs.data` is base64 of gzip of JSON (AWS "Using Lambda with CloudWatch Logs"). */
export interface AwslogsEvent {
  readonly awslogs: { readonly data: string };
}
export type LogDelivery = (destinationArn: string, event: AwslogsEvent) => void;

interface Pending {
  readonly event: StoredEvent;
  readonly readyAt: number;
}
interface Live extends SubscriptionFilter {
  readonly matches: Matcher;
  pending: Pending[];
  scheduled: boolean;
}
interface Group {
  readonly name: string;
  failed: Entry[];
  good: Entry[];
  filters: Live[];
}

/** Entries kept a group, of each kind; the oldest half goes when twice as many are there. */
const kept = 2000;

export interface Logs {
  write(group: string, entry: Entry): void;
  create(group: string): void;
  has(group: string): boolean;
  search(group: string, from: number, to: number): StoredEvent[];
  filters(group: string): readonly SubscriptionFilter[];
  putFilter(group: string, filter: Omit<SubscriptionFilter, 'createdAt'>): void;
  deleteFilter(group: string, name: string): boolean;
  groups(): readonly string[];
  onDelivery(listener: LogDelivery): void;
}

/** 56 digits that sort as the events do (the length is AWS's). */
const eventId = (at: number, n: number, line: number): string =>
  `${String(at).padStart(13, '0')}${String(n).padStart(33, '0')}${String(line).padStart(10, '0')}`;

/** Written to searchable: 2 to 5 s. */
function stored(base: Base, entry: Entry): StoredEvent[] {
  const lag = Math.round(spread(2000, 5000, base.seed, 'ingest', entry.n));
  return entry.lines().map((line, i) => ({
    at: line.at,
    id: eventId(line.at, entry.n, i),
    stream: entry.stream,
    text: line.text,
    searchableAt: line.at + lag,
  }));
}

/** What was looked for once is looked for again at each look of a burst. */
function searched(base: Base, entry: Entry): readonly StoredEvent[] {
  const events = found.get(entry) ?? stored(base, entry);
  found.set(entry, events);
  return events;
}
const found = new WeakMap<Entry, readonly StoredEvent[]>();

const byTime = (a: StoredEvent, b: StoredEvent): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function keep(entries: Entry[], entry: Entry): Entry[] {
  entries.push(entry);
  return entries.length > kept * 2 ? entries.slice(-kept) : entries;
}

/** A batch is a few lines: zlib's usual 256 KB of tables would cost more than packing it. */
const smallGzip = { level: 1, memLevel: 4, windowBits: 11 };

function encode(body: unknown): AwslogsEvent {
  return { awslogs: { data: gzipSync(JSON.stringify(body), smallGzip).toString('base64') } };
}

function batch(owner: string, group: string, filter: string, stream: string, events: readonly StoredEvent[]): AwslogsEvent {
  const logEvents = events.map((e) => ({ id: e.id, timestamp: e.at, message: e.text }));
  return encode({ messageType: 'DATA_MESSAGE', owner, logGroup: group, logStream: stream, subscriptionFilters: [filter], logEvents });
}

export function createLogs(base: Base, doubles: () => boolean, gathersMs = 1000): Logs {
  const groups = new Map<string, Group>();
  const listeners: LogDelivery[] = [];
  const group = (name: string): Group => {
    const found = groups.get(name) ?? { name, failed: [], good: [], filters: [] };
    groups.set(name, found);
    return found;
  };
  const tell = (destinationArn: string, event: AwslogsEvent): void => {
    for (let times = doubles() ? 2 : 1; times > 0; times--) for (const listener of listeners) listener(destinationArn, event);
  };
  const flush = (g: Group, filter: Live): void => {
    filter.scheduled = false;
    const now = base.clock.now();
    const ready = filter.pending.filter((p) => p.readyAt <= now).map((p) => p.event);
    filter.pending = filter.pending.filter((p) => p.readyAt > now);
    schedule(g, filter);
    if (!g.filters.includes(filter)) return;
    for (const [stream, events] of Map.groupBy(ready.sort(byTime), (e) => e.stream))
      tell(filter.destinationArn, batch(base.here.accountId, g.name, filter.name, stream, events));
  };
  /** Batches: what becomes ready within a second of the first (or longer, under load) goes together. */
  const schedule = (g: Group, filter: Live): void => {
    if (filter.scheduled || filter.pending.length === 0) return;
    filter.scheduled = true;
    base.clock.at(Math.min(...filter.pending.map((p) => p.readyAt)) + gathersMs, () => flush(g, filter));
  };
  const offer = (g: Group, entry: Entry): void => {
    const events = stored(base, entry);
    for (const filter of g.filters) {
      for (const event of events) if (filter.matches(event.text)) filter.pending.push({ event, readyAt: event.searchableAt });
      schedule(g, filter);
    }
  };
  return {
    write(name, entry) {
      const g = group(name);
      if (entry.failed) g.failed = keep(g.failed, entry);
      else g.good = keep(g.good, entry);
      if (g.filters.length > 0) offer(g, entry);
    },
    create: (name) => void group(name),
    has: (name) => groups.has(name),
    groups: () => [...groups.keys()],
    search(name, from, to) {
      const g = groups.get(name);
      const now = base.clock.now();
      const touched = [...(g?.failed ?? []), ...(g?.good ?? [])].filter((e) => e.to >= from && e.from <= to && e.from <= now);
      return touched
        .flatMap((e) => searched(base, e))
        .filter((e) => e.at >= from && e.at <= to && e.searchableAt <= now)
        .sort(byTime);
    },
    filters: (name) =>
      (groups.get(name)?.filters ?? []).map(({ name: filter, pattern, destinationArn, createdAt }) => ({
        name: filter,
        pattern,
        destinationArn,
        createdAt,
      })),
    putFilter(name, filter) {
      const matches = filterPattern(filter.pattern);
      if (!matches) throw new Error(`filter pattern ${filter.pattern} was not checked before it was put`);
      const g = group(name);
      g.filters = [
        ...g.filters.filter((f) => f.name !== filter.name),
        { ...filter, createdAt: base.clock.now(), matches, pending: [], scheduled: false },
      ];
      base.clock.after(500, () => tell(filter.destinationArn, encode(controlMessage)));
    },
    deleteFilter(name, filter) {
      const g = groups.get(name);
      const before = g?.filters.length ?? 0;
      if (g) g.filters = g.filters.filter((f) => f.name !== filter);
      return (g?.filters.length ?? 0) < before;
    },
    onDelivery: (listener) => void listeners.push(listener),
  };
}

/** The probe a new filter's destination gets (AWS "Subscription filters": CONTROL_MESSAGE checks reachability). */
const controlMessage = {
  messageType: 'CONTROL_MESSAGE',
  owner: 'CloudwatchLogs',
  logGroup: '',
  logStream: '',
  subscriptionFilters: [],
  logEvents: [{ id: '', timestamp: 0, message: 'CWL CONTROL MESSAGE: Checking health of destination Firehose stream.' }],
};
