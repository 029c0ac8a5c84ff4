// Which fixes suit what was found, and what planning them reads. By what the fixes declare: who only looks loads none of their code.
import { guards } from '../../guards/index.ts';
import type { Diagnosis } from '../../model/cause.ts';
import type { Fix } from '../../model/change.ts';
import { missing, type EvidenceKind, type EvidenceSet, type Gathered } from '../../model/evidence.ts';

interface Found {
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
}
type Suiting = Pick<Fix, 'treats' | 'gains'>;

/** The facts of the confirmed cause. */
export function factsOf(diagnosis: Diagnosis): unknown {
  const verdict = diagnosis.suspects.find((s) => s.id === diagnosis.cause)?.verdict;
  return verdict?.is === 'confirmed' ? verdict.facts : undefined;
}

/** Evidence of the kinds a cause or a fix looks at; what nobody gathered is missing, and says so. */
export function evidenceFor(kinds: readonly EvidenceKind[], gathered: Gathered): EvidenceSet<EvidenceKind> {
  return Object.fromEntries(
    kinds.map((kind) => [kind, gathered[kind] ?? missing('empty', `${kind} was not gathered`)]),
  ) as EvidenceSet<EvidenceKind>;
}

/** Fixes for what was found: of a confirmed cause those that treat it, else those that make visible what is not enabled. */
export function suited<F extends Suiting>({ diagnosis, evidence }: Found, fixes: readonly F[]): readonly F[] {
  if (diagnosis.certainty === 'confirmed') return fixes.filter((f) => f.treats.includes(diagnosis.cause));
  return fixes.filter((f) => wouldShow(f, evidence));
}
/** Whether the fix makes a kind of evidence visible that is not enabled. */
const wouldShow = ({ gains = [] }: Pick<Fix, 'gains'>, gathered: Gathered): boolean => gains.some((kind) => isOff(gathered[kind]));

/** What planning these fixes reads, and what the guards then look at: nothing where there is nothing to plan. */
export function planningLooksAt(fixes: readonly Pick<Fix, 'looksAt'>[]): readonly EvidenceKind[] {
  if (fixes.length === 0) return [];
  return [...new Set([...fixes.flatMap((f) => f.looksAt), ...guards.flatMap((g) => g.looksAt ?? []), 'ownership' as const])].sort();
}
const isOff = (one: Gathered[EvidenceKind]): boolean => one?.state === 'missing' && one.why === 'notEnabled';
