// What the catalogue of signals has in common: a shape recognises a raw event and reads it into signals and into what was put aside.
import { redactText } from '../aws/redact.ts';
import type { StageRef } from '../model/api.ts';
import type { Reading, SetAside, Signal } from '../model/signal.ts';

/** Which stages write to a log group, as the reconciler noted it. */
export interface LogSource {
  readonly at: StageRef;
  readonly kind: 'execution' | 'access';
  readonly format?: string;
  readonly also?: readonly { readonly at: StageRef; readonly format?: string }[];
}

/** What a shape may ask of the world. */
export interface Look {
  readonly here: { readonly accountId: string; readonly region: string };
  /** The note on a log group; undefined where there is none. */
  source(logGroup: string): Promise<LogSource | undefined>;
}

export interface Shape {
  readonly id: string;
  readonly title: string;
  /** Whether the event is of this shape, however broken its inside. */
  fits(event: Readonly<Record<string, unknown>>): boolean;
  read(event: Readonly<Record<string, unknown>>, look: Look): Promise<Reading>;
}
export const shape = (s: Shape): Shape => s;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const ignored = (reason: string): SetAside => ({ why: 'ignored', reason });
export const refused = (reason: string, record: unknown): SetAside => ({ why: 'refused', reason, record: boundedCopy(record) });

export const readingOf = (signals: readonly Signal[], ...aside: readonly SetAside[]): Reading => ({ signals, aside });
export const together = (readings: readonly Reading[]): Reading => ({
  signals: readings.flatMap((r) => r.signals),
  aside: readings.flatMap((r) => r.aside),
});

/** How much of a refused record is kept: what a person needs to see, far below SQS's 256 KB. */
const most = { depth: 8, entries: 50, characters: 2048, total: 60_000 };

/** A copy of hostile input that is safe to store and to turn into JSON: bounded in depth, breadth and length. Strings are redacted. */
export function boundedCopy(value: unknown, depth = 0, left = { characters: most.total }): unknown {
  if (typeof value === 'string') return boundedText(value, left);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : typeof value;
  left.characters -= 20;
  if (depth >= most.depth || left.characters <= 0) return '… (more)';
  if (Array.isArray(value)) return value.slice(0, most.entries).map((inner) => boundedCopy(inner, depth + 1, left));
  const entries = Object.entries(value).slice(0, most.entries);
  return Object.fromEntries(entries.map(([key, inner]) => [boundedText(key, left), boundedCopy(inner, depth + 1, left)]));
}

function boundedText(text: string, left: { characters: number }): string {
  const length = Math.max(0, Math.min(most.characters, left.characters));
  left.characters -= Math.min(text.length, length);
  return text.length > length ? `${redactText(text.slice(0, length))}… (${text.length} characters)` : redactText(text);
}
