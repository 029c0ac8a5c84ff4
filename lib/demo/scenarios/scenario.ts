// A scenario: a story of one sandbox account, what breaks in it and when, and the end that must come of it. Nothing here reaches into the code that diagnoses or mends.
import type { Certainty } from '../../model/cause.ts';
import type { FixId, Outcome } from '../../model/change.ts';
import { breakage, victimOf } from '../breakages/find.ts';
import type { Owner } from '../run.ts';
import type { Shop } from '../shop.ts';

export type Person = 'silent' | 'approve' | 'dismiss' | 'undo';
export const persons: readonly Person[] = ['silent', 'approve', 'dismiss', 'undo'];

export interface Expected {
  /** Cause ids, each of which is right; where not said, every cause is. */
  readonly cause?: readonly string[];
  readonly certainty?: readonly Certainty[];
  readonly outcome: readonly Outcome[];
  readonly fix: FixId | null;
  readonly messages?: number;
  readonly executions?: number;
  readonly changes?: number;
  /** A person must have been reached by the topic. */
  readonly toldByTopic?: boolean;
  /** What the message or its thread must say in the end. */
  readonly says?: RegExp;
  /** At least this many signals must have arrived. */
  readonly signals?: number;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** How many stages the account has (default: the shop's three). */
  readonly stages?: number;
  /** What this owner sets differently; mode is `act` where not said. */
  readonly owner?: Owner;
  readonly slackDown?: boolean;
  /** How often every delivery arrives (default 1): at-least-once, taken at its word. */
  readonly deliveredTimes?: { readonly logs: number; readonly alarms: number };
  /** How the account was built before. */
  readonly prepare?: (shop: Shop) => void;
  /** How long after the break the run may go on, simulated. */
  readonly forMs: number;
  /** Breaks things, at the moment the burst shall begin; may plan later events on `shop.clock`. */
  play(shop: Shop): void;
  /** How long the person who undoes waits after the proof (default: as long as a click takes). */
  readonly undoAfterMs?: number;
  /** What the owner does once the person has pressed Undo. */
  afterUndo?(shop: Shop): void;
  /** The right end for each kind of person; a kind that is not here ends like `silent`. */
  readonly ends: { readonly silent: Expected } & Partial<Record<Person, Expected>>;
  /** Without logs some causes cannot be told: the right end then. */
  readonly withoutLogs?: Expected;
}

/** Ends of a missing permission that nobody may put back unasked: what happens is up to the person. */
export const askedForPermission = {
  cause: ['lambda-permission-missing'],
  certainty: ['confirmed'],
  outcome: ['asked'],
  fix: 're-add-invoke-permission',
  changes: 0,
} satisfies Expected;
export const endsOfAsking = {
  silent: askedForPermission,
  approve: { ...askedForPermission, outcome: ['fixed'], changes: 1 },
  dismiss: askedForPermission,
  undo: { ...askedForPermission, outcome: ['undone'], changes: 1 },
} satisfies Scenario['ends'];

export const minute = 60_000;
export const hour = 60 * minute;

/** Breaks the victim now and lets the owner mend it by hand later: no story ends with a stage that fails for ever. */
export function breakThenMend(shop: Shop, id: string, mendAfterMs: number): void {
  const found = breakage(id);
  const stage = victimOf(shop, found);
  found.breakIt(shop, stage);
  shop.account.clock.after(mendAfterMs, () => found.mend(shop, stage));
}
