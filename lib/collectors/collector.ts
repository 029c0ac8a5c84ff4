// A collector: one kind of evidence, the calls it reads, and whether a caller of the API could have forged it.
import type { Aws, CallError, CallName } from '../aws/calls.ts';
import type { StageRef } from '../model/api.ts';
import type {
  Evidence,
  EvidenceKind,
  EvidenceKinds,
  EvidenceSet,
  Gathered,
  Missing,
  MissingReason,
  Trust,
  Window,
} from '../model/evidence.ts';
import type { KeptDefinition } from '../model/kept.ts';
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
  /** What may be tried out, by the owner's word; absent: nothing. */
  readonly probes?: Probes;
  /** What an earlier look at the same stage found: what AWS says has not changed since need not be read again. */
  readonly before?: Gathered;
  /** Definitions that were kept of the stage's deployments. */
  readonly kept?: readonly KeptDefinition[];
}

/** What the owner allows to be tried out: hosts that may be connected to, methods (`GET /orders`) that may be called for a test. */
export interface Probes {
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
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
  /** What one read is billed, in dollars, where it is more than a thousandth of a cent. */
  readonly dollars?: number;
  /** How long one read takes beside its round trips: a query that is polled, a trace that comes late. */
  readonly delayMs?: number;
  /** It acts on what it looks at: it is only read where the owner's list of this name is not empty. */
  readonly optIn?: keyof Probes;
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
