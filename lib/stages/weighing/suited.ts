// Which fixes suit what was found, and what of the evidence they are handed: known from what each declares, without the code that plans it.
import type { Diagnosis } from '../../model/cause.ts';
import type { Fix } from '../../model/change.ts';
import { missing, type EvidenceKind, type EvidenceSet, type Gathered } from '../../model/evidence.ts';

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

type Needs = Pick<Fix, 'treats' | 'gains'>;
interface Found<F> {
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
  readonly fixes: readonly F[];
}

/** Fixes for what was found: of a confirmed cause those that treat it, else those that make visible what is not enabled. */
export function suited<F extends Needs>({ diagnosis, evidence, fixes }: Found<F>): readonly F[] {
  if (diagnosis.certainty === 'confirmed') return fixes.filter((f) => f.treats.includes(diagnosis.cause));
  return fixes.filter((f) => wouldShow(f, evidence));
}
/** Whether the fix makes a kind of evidence visible that is not enabled. */
const wouldShow = ({ gains = [] }: Pick<Fix, 'gains'>, gathered: Gathered): boolean => gains.some((kind) => isOff(gathered[kind]));

const isOff = (one: Gathered[EvidenceKind]): boolean => one?.state === 'missing' && one.why === 'notEnabled';
