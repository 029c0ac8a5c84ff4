// What every part of the sandbox account stands on: the clock, where it is, and randomness that depends on the seed alone,
// never on who reads first (ids are computed from numbers, so a log line rendered late is the same line).
import type { Here } from '../../aws/calls.ts';
import type { SimulatedClock } from '../clock.ts';

export type Random = () => number;

export interface Base {
  readonly clock: SimulatedClock;
  readonly here: Here;
  readonly seed: number;
  /** A stream of numbers in [0, 1) of its own, so that calls to the account do not disturb its traffic. */
  stream(name: string): Random;
  /** A running number: of requests, invocations, events. */
  next(): number;
  /** A new id in UUID form. */
  id(): string;
}

/** FNV-1a over words, then a finisher: a 32-bit hash. */
function mix(...parts: readonly (number | string)[]): number {
  let h = 0x811c9dc5;
  for (const part of parts) {
    if (typeof part === 'number') h = Math.imul(h ^ part, 0x01000193) ^ Math.imul((part / 4294967296) | 0, 0x85ebca6b);
    else for (let i = 0; i < part.length; i++) h = Math.imul(h ^ part.charCodeAt(i), 0x01000193);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** mulberry32: small, fast, good enough for traffic. */
function seeded(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number in [from, to), from a hash: the same whoever asks, whenever. */
export const spread = (from: number, to: number, ...parts: readonly (number | string)[]): number =>
  from + (mix(...parts) / 4294967296) * (to - from);

export function hexOf(length: number, ...parts: readonly (number | string)[]): string {
  let out = '';
  for (let i = 0; out.length < length; i++)
    out += mix(i, ...parts)
      .toString(16)
      .padStart(8, '0');
  return out.slice(0, length);
}

export function uuidOf(...parts: readonly (number | string)[]): string {
  const h = hexOf(32, ...parts);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
}

export function createBase(clock: SimulatedClock, here: Here, seed: number): Base {
  let n = 0;
  let ids = 0;
  return { clock, here, seed, stream: (name) => seeded(mix(seed, name)), next: () => ++n, id: () => uuidOf(seed, 'id', ++ids) };
}
