// Evidence: what was looked at, when, and whether a caller of the API could have forged it.
// A collector's file adds its kind to `EvidenceKinds` by augmentation, so a new kind is one file.

/** kind → the value it holds. Augmented beside each collector. */
// eslint-disable-next-line @typescript-eslint/no-empty-interface
export interface EvidenceKinds {}
export type EvidenceKind = keyof EvidenceKinds & string;

export type Trust = 'aws' | 'forgeable';

/** Why there is no evidence. None of these means "nothing is wrong". */
export const missingReasons = [
  'denied',
  'notEnabled',
  'throttled',
  'empty',
  'late',
  'gone',
  'down',
  'notRecorded',
  'overBudget',
  'timedOut',
] as const;
export type MissingReason = (typeof missingReasons)[number];

export type Got<T> = { readonly state: 'got'; readonly value: T; readonly from: number; readonly to: number; readonly trust: Trust };
export type Missing = { readonly state: 'missing'; readonly why: MissingReason; readonly detail: string };
export type Evidence<T> = Got<T> | Missing;

export type EvidenceSet<K extends EvidenceKind> = { readonly [P in K]: Evidence<EvidenceKinds[P]> };
/** What an investigation gathered so far; a kind that was not asked for is absent. */
export type Gathered = { readonly [P in EvidenceKind]?: Evidence<EvidenceKinds[P]> };

/** A pointer from a verdict to what it rests on, with the sentence a person reads. */
export interface EvidenceRef {
  readonly kind: EvidenceKind;
  readonly trust: Trust;
  /** One plain sentence, values quoted: "the policy of orders:live has no statement for …". */
  readonly says: string;
}
export interface MissingRef {
  readonly kind: EvidenceKind;
  readonly why: MissingReason;
  readonly detail: string;
}

/** A half-open span of time in ms. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export const missing = (why: MissingReason, detail: string): Missing => ({ state: 'missing', why, detail });
export const got = <T>(value: T, window: Window, trust: Trust): Got<T> => ({
  state: 'got',
  value,
  from: window.from,
  to: window.to,
  trust,
});

/** Stands for evidence nobody has asked for: not the same as having looked and found nothing. */
export const notLookedAt = (kind: string): Missing => missing('empty', `${kind} ${unasked}`);
const unasked = 'was not looked at';
export const wasLookedAt = (evidence: Evidence<unknown>): boolean => evidence.state === 'got' || !evidence.detail.endsWith(unasked);
