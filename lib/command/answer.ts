// The answer as a machine reads it: one JSON object a look, its fields as the documentation gives them (docs/diagnose.md). Plain data, pure.
import { causes } from '../causes/index.ts';
import type { StageRef } from '../model/api.ts';
import type { Advice, Certainty, Diagnosis, FoundClue, Suspect } from '../model/cause.ts';
import type { MissingRef } from '../model/evidence.ts';
import type { Looked } from './look.ts';
import type { Treatment } from './would-do.ts';

export interface AnswerSuspect {
  readonly id: string;
  readonly clues: readonly FoundClue[];
  readonly standing: 'confirmed' | 'ruledOut' | 'unproven';
  /** What a confirmation or a ruling out rests on, in sentences. */
  readonly because: readonly string[];
  readonly missing: readonly MissingRef[];
}
export interface Answer {
  readonly id: string;
  readonly cause: string;
  readonly certainty: Certainty;
  readonly suspects: readonly AnswerSuspect[];
  /** Suspects that the cause explains. */
  readonly consequences: readonly string[];
  /** Confirmed too: other faults of their own. */
  readonly besides: readonly string[];
  /** Not proven, and would explain the cause. */
  readonly behind: readonly string[];
  /** What an installation in mode `act` with the default settings would do by itself. */
  readonly unaskedFixes: readonly Treatment[];
  /** What it would ask a person about. */
  readonly askedFixes: readonly Treatment[];
  /** What it would hold back until a deploy is over, or a request fails again. */
  readonly waitingFixes: readonly Treatment[];
  readonly advice: readonly string[];
  readonly commands: Advice['snippets'];
  readonly nextProbe: string | null;
  readonly missing: readonly MissingRef[];
}

export function answerOf(id: string, { diagnosis, at, fixes }: Pick<Looked, 'diagnosis' | 'at' | 'fixes'>): Answer {
  const advice = adviceOf(diagnosis, at);
  return {
    id,
    cause: diagnosis.cause,
    certainty: diagnosis.certainty,
    suspects: ordered(diagnosis).map(suspectOf),
    consequences: diagnosis.consequences ?? [],
    besides: diagnosis.besides ?? [],
    behind: diagnosis.behind ?? [],
    unaskedFixes: fixes.unasked,
    askedFixes: fixes.asked,
    waitingFixes: fixes.waiting,
    advice: advice ? [advice.summary, ...advice.steps] : [],
    commands: advice?.snippets ?? [],
    nextProbe: diagnosis.nextProbe ?? null,
    missing: diagnosis.missing,
  };
}

/** The one it settled on first, then what is confirmed, open, ruled out. */
function ordered({ cause, suspects }: Diagnosis): readonly Suspect[] {
  const rank = (s: Suspect): number => (s.id === cause ? 0 : s.verdict.is === 'confirmed' ? 1 : s.verdict.is === 'unproven' ? 2 : 3);
  return suspects.toSorted((a, b) => rank(a) - rank(b));
}

const suspectOf = ({ id, clues, verdict }: Suspect): AnswerSuspect => ({
  id,
  clues,
  standing: verdict.is,
  because: verdict.is === 'unproven' ? [] : verdict.by.map((ref) => ref.says),
  missing: verdict.is === 'unproven' ? verdict.missing : [],
});

/** The cause's own advice, from the facts that were found; unproven ones too, for they are what a person has to go by. */
function adviceOf(diagnosis: Diagnosis, at: StageRef): Advice | undefined {
  const verdict = diagnosis.suspects.find((s) => s.id === diagnosis.cause)?.verdict;
  const facts = verdict && verdict.is !== 'ruledOut' ? verdict.facts : undefined;
  return causes
    .find((c) => c.id === diagnosis.cause)
    ?.advice(facts, at.apiId === unplaced ? { ...at, apiId: '{api}', stage: '{stage}' } : at);
}
/** The API of a case that names none (lib/aws/recorded): commands show what to put in. */
const unplaced = 'recorded';
