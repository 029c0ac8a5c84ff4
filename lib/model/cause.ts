// A cause: what can be wrong with a stage. One file each in lib/causes; everything here is pure.
import type { StageRef } from './api.ts';
import type { LogName } from './signal.ts';
import type { Evidence, EvidenceKind, EvidenceKinds, EvidenceRef, EvidenceSet, MissingRef } from './evidence.ts';

export type CauseId = string;

/**
 * What makes a cause a suspect. A `line` clue runs on log lines that pass one of its `gates` (plain substrings, so that
 * most lines never meet a regex); a `shape` clue looks at any other evidence and answers the sentence a person reads.
 * `source` names where the pattern comes from, e.g. "messages.md §4".
 */
export type Clue<K extends EvidenceKind = EvidenceKind> =
  | {
      readonly kind: 'line';
      readonly in: readonly LogName[];
      readonly gates: readonly string[];
      readonly line: RegExp;
      /** Plain substrings that make the line speak of something else. */ readonly unless?: readonly string[];
      /** Worth a look, but too common to name the cause by itself: several causes share these words. */
      readonly hint?: true;
      readonly source: string;
    }
  | {
      [P in K]: {
        readonly kind: 'shape';
        readonly in: P;
        /** What the shape is, in words. */
        readonly title: string;
        readonly shape: (value: EvidenceKinds[P], at: StageRef) => string | undefined;
        /** What it found names the cause as plainly as a line does: several lines together, say. */ readonly names?: true;
        readonly source: string;
      };
    }[K];

export type Verdict<F = unknown> =
  | {
      readonly is: 'confirmed';
      readonly facts: F;
      readonly by: readonly EvidenceRef[];
      /** How many failed requests this explains, where that can be told: breaks ties between two confirmed causes. */
      readonly explains?: number;
    }
  | { readonly is: 'ruledOut'; readonly by: readonly EvidenceRef[] }
  | { readonly is: 'unproven'; readonly missing: readonly MissingRef[]; readonly facts?: F };

export type Healed =
  | { readonly is: 'healed'; readonly by: readonly EvidenceRef[] }
  | { readonly is: 'stillThere'; readonly by: readonly EvidenceRef[] }
  | { readonly is: 'tooEarly'; readonly missing: readonly MissingRef[] };

export interface Snippet {
  readonly title: string;
  readonly language: 'bash' | 'typescript' | 'yaml' | 'hcl';
  readonly code: string;
}
export interface Advice {
  readonly summary: string;
  readonly steps: readonly string[];
  readonly snippets: readonly Snippet[];
}

export interface Cause<K extends EvidenceKind = EvidenceKind, F = unknown> {
  /** kebab-case, equal to the file name, an id of docs/causes.md. */
  readonly id: CauseId;
  readonly title: string;
  /** For docs/causes.md: what callers meet, what proves it, and what is left to go by when the stage writes no logs. */
  readonly about: { readonly is: string; readonly told: string; readonly withoutLogs: string };
  /** Fetched for a suspect; `confirm` and `healed` see only these. */
  readonly looksAt: readonly K[];
  /** Of these, what is only fetched once the cause is confirmed: who changed it, what it was before. For facts and advice. */
  readonly afterwards?: readonly K[];
  /** What a confirmation that did without it still asks for, by what was found: a line may name the fault before AWS's own records are looked at. */
  asksAlso?(facts: F): readonly K[];
  readonly clues: readonly Clue[];
  /** Causes that are only a consequence when this one is confirmed too (a cold start explains a gateway timeout). */
  readonly explains?: readonly CauseId[];
  /** Pure, total, free of order: sees only `looksAt`. Confirms from something no caller can forge, or not at all. */
  confirm(evidence: EvidenceSet<K>, at: StageRef): Verdict<F>;
  /** Positive signs only, from evidence gathered after `sinceAt` (ms). Empty is never healed. */
  healed(evidence: EvidenceSet<K>, at: StageRef, sinceAt: number, facts: F): Healed;
  advice(facts: F | undefined, at: StageRef): Advice;
}

/** Types a cause by what it looks at. Returns it unchanged. */
export const cause = <K extends EvidenceKind, F>(c: Cause<K, F>): Cause<K, F> => c;

/** A confirmation; throws (a bug) when it rests on evidence that a caller could forge and nothing else. */
export function confirmed<F>(facts: F, by: readonly EvidenceRef[], explains?: number): Verdict<F> {
  if (!by.some((ref) => ref.trust === 'aws'))
    throw new Error(
      `a confirmation must rest on evidence no caller can forge; it rests on ${by.map((r) => r.kind).join(', ') || 'nothing'}`,
    );
  return { is: 'confirmed', facts, by, ...(explains === undefined ? {} : { explains }) };
}
export const ruledOut = (...by: EvidenceRef[]): Verdict<never> => ({ is: 'ruledOut', by });
export const unproven = (...missing: readonly MissingRef[]): Verdict<never> => ({ is: 'unproven', missing });
/** Not proven, but what was found agrees: with these facts the cause may be named as a suspicion. */
export const agreeing = <F>(facts: F, ...missing: readonly MissingRef[]): Verdict<F> => ({ is: 'unproven', missing, facts });

/** A reference to evidence that is there. */
export function ref(kind: EvidenceKind, evidence: Evidence<unknown>, says: string): EvidenceRef {
  return { kind, trust: evidence.state === 'got' ? evidence.trust : 'forgeable', says };
}
/** A reference to evidence that is not there, or does not settle the question. */
export function lacking(kind: EvidenceKind, evidence: Evidence<unknown>, detail?: string): MissingRef {
  return evidence.state === 'missing'
    ? { kind, why: evidence.why, detail: detail ?? evidence.detail }
    : { kind, why: 'empty', detail: detail ?? 'it does not settle the question' };
}

export interface FoundClue {
  readonly quote: string;
  readonly in: EvidenceKind;
  readonly source: string;
}
export interface Suspect {
  readonly id: CauseId;
  readonly clues: readonly FoundClue[];
  readonly verdict: Verdict;
}
export type Certainty = 'confirmed' | 'suspected' | 'unknown';

export interface Diagnosis {
  /** A cause id, or `unknown`. */
  readonly cause: CauseId | 'unknown';
  readonly certainty: Certainty;
  readonly at: number;
  readonly suspects: readonly Suspect[];
  /** Suspects that the cause explains, as sure as itself: "this, and because of it those". Absent: none. */
  readonly consequences?: readonly CauseId[];
  /** Confirmed too, and no consequence: another fault of its own. Absent: none. */
  readonly besides?: readonly CauseId[];
  /** Unproven suspects that would explain the cause: what may stand behind it. Absent: none. */
  readonly behind?: readonly CauseId[];
  /** Whether the stage fails now, by evidence no caller can forge; undefined when that could not be told. */
  readonly failing?: boolean;
  /** What was asked for and not had, and why. */
  readonly missing: readonly MissingRef[];
  /** What would settle an open question, in a sentence. */
  readonly nextProbe?: string;
}
