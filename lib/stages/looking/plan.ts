// What to look at next: the evidence that settles the likeliest open suspect at the lowest price, and beside it whatever costs no more.
// Pure and free of order, so that it can be explained: strongest first, then cheapest, then by id.
import type { Collector, Probes } from '../../collectors/collector.ts';
import type { Cause, Verdict } from '../../model/cause.ts';
import type { EvidenceKind, Gathered } from '../../model/evidence.ts';
import { allowed, withNeeds, type Collectors } from './gather.ts';
import { named } from './rank.ts';

/** A suspect as it stands: how plainly its clues speak, and what its own test says so far. */
export interface Standing {
  readonly cause: Pick<Cause, 'id' | 'looksAt' | 'explains' | 'afterwards'>;
  /** Greater speaks plainer. */
  readonly strength: number;
  readonly verdict: Verdict;
}

export interface PlanInput {
  readonly standing: readonly Standing[];
  readonly gathered: Gathered;
  readonly known: Collectors;
  readonly probes?: Probes | undefined;
  /** 5xx of the burst, where the metrics tell: a root that accounts for them leaves nothing to look for. */
  readonly failures?: number | undefined;
}

/** Money and time in calls: a call is cheap, a cent is worth ten, a second one. */
export const priceOf = ({ maxCalls, dollars = 0, delayMs = 0 }: Pick<Collector, 'maxCalls' | 'dollars' | 'delayMs'>): number =>
  maxCalls + dollars * 1000 + delayMs / 1000;

/** The kinds to gather next, in order of price; none when the answer is settled or nothing is left to ask. */
export function plan(input: PlanInput): readonly EvidenceKind[] {
  const wants = openIn(input)
    .map((s) => ({ ...s, lacks: lackingOf(s, input) }))
    .filter(({ lacks }) => lacks.length > 0)
    .map((s) => ({ ...s, price: s.lacks.reduce((sum, kind) => sum + price(kind, input), 0) }));
  const first = wants.sort((a, b) => b.strength - a.strength || a.price - b.price || (a.cause.id < b.cause.id ? -1 : 1))[0];
  if (!first) return [];
  const dearest = Math.max(...first.lacks.map((kind) => price(kind, input)));
  const along = wants.flatMap(({ lacks }) => lacks).filter((kind) => price(kind, input) <= dearest);
  return [...new Set([...first.lacks, ...along])].sort((a, b) => price(a, input) - price(b, input) || (a < b ? -1 : 1));
}

const price = (kind: EvidenceKind, { known }: PlanInput): number => {
  const collector = known.get(kind);
  return collector ? priceOf(collector) : 0;
};

/** What a suspect looks at and nobody has asked for yet, with what that needs. */
const lackingOf = ({ cause }: Standing, { gathered, known, probes }: PlanInput): readonly EvidenceKind[] =>
  withNeeds(
    cause.looksAt.filter((kind) => {
      const collector = known.get(kind);
      return collector !== undefined && allowed(collector, probes) && !cause.afterwards?.includes(kind);
    }),
    known,
  ).filter((kind) => !(kind in gathered));

/** Suspects that are not judged yet and could still change the answer. */
export function openIn({ standing, failures }: Pick<PlanInput, 'standing' | 'failures'>): readonly Standing[] {
  const open = standing.filter((s) => s.verdict.is === 'unproven');
  const roots = standing.filter((s) => s.verdict.is === 'confirmed');
  if (roots.length === 0) return open;
  const explained = new Set(roots.flatMap((s) => s.cause.explains ?? []));
  const accounted = roots.reduce(
    (all, r) => all + (explained.has(r.cause.id) || r.verdict.is !== 'confirmed' ? 0 : (r.verdict.explains ?? 0)),
    0,
  );
  const nothingLeft = failures !== undefined && accounted >= nearlyAll * failures;
  const overrules = (s: Standing): boolean => (s.cause.explains ?? []).some((id) => roots.some((r) => r.cause.id === id));
  // what a line names is judged in any case: a person who reads the line wants to know
  return open.filter((s) => overrules(s) || s.strength >= named || (!nothingLeft && !explained.has(s.cause.id)));
}
/** Counts of two services never agree to the last request. */
const nearlyAll = 0.9;
