// Chance of one seed: the same everywhere, so that a world is played again by its number.

export interface Dice {
  /** A number in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  is(probability: number): boolean;
  one<T>(list: readonly T[]): T;
  /** A whole number from 0 to `most`; small ones are likelier. */
  few(most: number): number;
}

/** mulberry32: small, and the same everywhere. */
export function diceOf(seed: number): Dice {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    is: (probability) => next() < probability,
    one: (list) => {
      const found = list[Math.floor(next() * list.length)];
      if (found === undefined) throw new Error('one of an empty list was drawn');
      return found;
    },
    few: (most) => Math.floor(next() * next() * (most + 1)),
  };
}
