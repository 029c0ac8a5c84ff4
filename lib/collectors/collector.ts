// A collector: one kind of evidence, the calls it reads, and whether a caller of the API could have forged it.
import type { Aws, CallError, CallName } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import type { Evidence, EvidenceKind, EvidenceKinds, EvidenceSet, Missing, MissingReason, Trust, Window } from '../model/evidence.ts';
import type { LogLine } from '../model/signal.ts';

export interface CollectInput<N extends EvidenceKind> {
  readonly at: StageRef;
  /** The span to look at: from a little before the first failure until now. */
  readonly window: Window;
  /** Evidence this collector builds on (`needs`), already gathered. */
  readonly have: EvidenceSet<N>;
  /** Lines that came with the signals. */
  readonly lines: readonly LogLine[];
  readonly now: number;
}

export interface Collector<K extends EvidenceKind = EvidenceKind, C extends CallName = CallName, N extends EvidenceKind = EvidenceKind> {
  readonly kind: K;
  readonly title: string;
  readonly trust: Trust;
  readonly calls: readonly C[];
  readonly needs: readonly N[];
  /** `cheap` is gathered in the first round for every incident; `suspect` only when a suspect's cause or its fix looks at it. */
  readonly round: 'cheap' | 'suspect';
  /** At most this many calls in one read: the planner's price. */
  readonly maxCalls: number;
  read(aws: Aws<C>, input: CollectInput<N>): Promise<Evidence<EvidenceKinds[K]>>;
}
export const collector = <K extends EvidenceKind, C extends CallName, N extends EvidenceKind>(c: Collector<K, C, N>): Collector<K, C, N> =>
  c;

const reasons: Record<CallError['kind'], MissingReason> = {
  throttled: 'throttled',
  denied: 'denied',
  gone: 'gone',
  conflict: 'down',
  down: 'down',
  refused: 'notEnabled',
  notRecorded: 'notRecorded',
  overBudget: 'overBudget',
};

/** A call's error as missing evidence, naming the call. */
export const notHad = (error: CallError): Missing => ({
  state: 'missing',
  why: reasons[error.kind],
  detail: `${error.call}: ${error.name} ${error.message}`.trim(),
});
