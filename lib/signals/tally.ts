// What a batch of log lines adds up to for one stage: how many requests failed, when, and a few different lines of them.
import { cutLine, redactText } from '../aws/redact.ts';
import type { LogLine } from '../model/signal.ts';

export interface LogEvent {
  readonly id?: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Written by hand, not a schema: it runs on every line of every batch (0.01–0.03 × of unpacking, measured). */
export function isLogEvent(value: unknown): value is LogEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as { timestamp?: unknown; message?: unknown };
  return typeof event.message === 'string' && typeof event.timestamp === 'number' && event.timestamp > 0 && event.timestamp < 8.64e15;
}

/** A signal carries at most 20 lines, and at most three that begin alike: different news is worth more than the same again. */
const most = { lines: 20, alike: 3, beginning: 48 };

/** Redacting looks at no more of a line than this; it is then cut to what is kept (4 KB). */
const redactedCharacters = 8192;

export class Tally {
  readonly #log: 'execution' | 'access';
  readonly #requests = new Map<string, { firstAt: number; lastAt: number; completed: boolean }>();
  readonly #picks: { id: string; at: number; text: string }[] = [];
  readonly #alike = new Map<string, number>();

  constructor(log: 'execution' | 'access') {
    this.#log = log;
  }

  /** A line that says this request failed; `says` is where the news begins in it. `completed`: its final status was seen. */
  failed(id: string, event: LogEvent, says: number, completed: boolean): void {
    const seen = this.#requests.get(id);
    if (!seen) this.#requests.set(id, { firstAt: event.timestamp, lastAt: event.timestamp, completed });
    else {
      seen.firstAt = Math.min(seen.firstAt, event.timestamp);
      seen.lastAt = Math.max(seen.lastAt, event.timestamp);
      seen.completed ||= completed;
    }
    this.#pick(id, event, says);
  }

  /** The request ended well after all (a gateway response mapped to another status, an authorizer that was retried). */
  succeeded(id: string): void {
    this.#requests.delete(id);
  }

  get empty(): boolean {
    return this.#requests.size === 0;
  }

  /** Whether any failure is open that a later line could clear. */
  has(id: string): boolean {
    return this.#requests.has(id);
  }

  /** Requests whose end was seen are counted; only where no end was seen, all are. Two batches may share a request. */
  sum(): { failures: number; firstAt: number; lastAt: number; lines: readonly LogLine[] } {
    const all = [...this.#requests.values()];
    const completed = all.filter((r) => r.completed).length;
    return {
      failures: completed > 0 ? completed : all.length,
      firstAt: all.reduce((least, r) => Math.min(least, r.firstAt), Number.POSITIVE_INFINITY),
      lastAt: all.reduce((latest, r) => Math.max(latest, r.lastAt), 0),
      lines: this.#lines(),
    };
  }

  #pick(id: string, event: LogEvent, says: number): void {
    if (this.#picks.length >= most.lines) return;
    const beginning = event.message.slice(says, says + most.beginning);
    const count = this.#alike.get(beginning) ?? 0;
    if (count >= most.alike) return;
    this.#alike.set(beginning, count + 1);
    this.#picks.push({ id, at: event.timestamp, text: event.message.slice(0, redactedCharacters) });
  }

  #lines(): readonly LogLine[] {
    const kept = this.#picks.filter((p) => this.#requests.has(p.id));
    return kept.map((p) => ({ at: p.at, text: cutLine(redactText(p.text)), log: this.#log, requestId: p.id.slice(0, 64) }));
  }
}
