// One examination of a stage: the cheap round makes suspects, then the plan names what settles them, a round at a time; no
// suspect left, and everything is looked at once. Used by investigate, the command line and recorded cases alike.
import { collectors } from '../../collectors/index.ts';
import { causes as catalogue } from '../../causes/index.ts';
import type { StageRef } from '../../model/api.ts';
import type { Cause, Diagnosis } from '../../model/cause.ts';
import type { EvidenceKind, Gathered, Window } from '../../model/evidence.ts';
import { failingMinutes, minuteOf, sumIn } from '../../model/series.ts';
import type { LogLine } from '../../model/signal.ts';
import { diagnose, judge, nothingKnown, type DiagnoseInput, type Known } from './diagnose.ts';
import { byKind, gatherCounted, type Collectors, type Looking, type Spent } from './gather.ts';
import { plan } from './plan.ts';
import { strengthOf } from './rank.ts';

export interface ExamineInput {
  readonly at: StageRef;
  readonly window: Window;
  readonly lines: readonly LogLine[];
  readonly budget: number;
  /** Failures before it are another incident's: what explained those explains nothing here. */
  readonly firstFailureAt?: number;
  readonly lastFailureAt?: number;
  /** What an earlier look found. */
  readonly before?: Gathered | undefined;
  readonly causes?: readonly Cause[];
}
export interface Examined {
  readonly gathered: Gathered;
  readonly diagnosis: Diagnosis;
  readonly calls: number;
}

/** Looks, judges, looks where it helps, until the answer is settled, nothing is left to ask, or the budget is used up. */
export async function examine(world: Looking, input: ExamineInput): Promise<Examined> {
  const cheap = await further(world, input, cheapKinds, { gathered: {}, calls: 0 });
  const judged = nothingKnown();
  const first = await settle(world, input, cheap, undefined, judged);
  const diagnosis = diagnose(asked(world, input, first, false), judged);
  if (diagnosis.cause !== 'unknown') return closer(world, input, first, diagnosis);
  const wide = await settle(world, input, first, shaped(input.causes ?? catalogue), judged);
  return { ...wide, diagnosis: diagnose(asked(world, input, wide, true), judged) };
}

/** What the confirmed cause's facts and advice are made of beside its proof. */
async function closer(world: Looking, input: ExamineInput, so: Spent, diagnosis: Diagnosis): Promise<Examined> {
  const found = (input.causes ?? catalogue).find((c) => c.id === diagnosis.cause && diagnosis.certainty === 'confirmed');
  const verdict = diagnosis.suspects.find((s) => s.id === found?.id)?.verdict;
  const also = verdict?.is === 'confirmed' ? (found?.asksAlso?.(verdict.facts) ?? []) : [];
  const kinds = [...(found?.afterwards ?? []), ...also].filter((kind) => !(kind in so.gathered));
  if (kinds.length === 0) return { ...so, diagnosis };
  const more = await further(world, input, kinds, so);
  return { ...more, diagnosis: diagnose(asked(world, input, more, false)) };
}

const cheapKinds = collectors.filter((c) => c.round === 'cheap').map((c) => c.kind);

/** Those that evidence other than a line may bring up: worth a look when no clue was found. */
const shaped = (causes: readonly Cause[]): ReadonlySet<string> =>
  new Set(causes.filter((c) => c.clues.some((clue) => clue.kind === 'shape')).map((c) => c.id));

/** Fetches what the plan names, judges again, and so on; each turn asks for something new, so it ends. */
async function settle(
  world: Looking,
  input: ExamineInput,
  from: Spent,
  wide: ReadonlySet<string> | undefined,
  judged: Known,
): Promise<Spent> {
  const known: Collectors = byKind(collectors);
  let so = from;
  for (;;) {
    const standing = judge(asked(world, input, so, wide !== undefined), judged)
      .filter((j) => j.hits.length > 0 || wide?.has(j.cause.id))
      .map((j) => ({ ...j, strength: strengthOf(j) }));
    const kinds = plan({ standing, gathered: so.gathered, known, probes: world.installation?.probes, failures: failuresIn(so.gathered) });
    if (kinds.length === 0) return so;
    so = await further(world, input, kinds, so);
  }
}

const asked = (world: Looking, input: ExamineInput, so: Spent, widened: boolean): DiagnoseInput => ({
  ...input,
  gathered: so.gathered,
  now: world.now(),
  widened,
});

function failuresIn({ gatewayMetrics }: Gathered): number | undefined {
  if (gatewayMetrics?.state !== 'got') return undefined;
  return sumIn(gatewayMetrics.value.serverErrors, failingMinutes(gatewayMetrics.value));
}

async function further(world: Looking, input: ExamineInput, kinds: readonly EvidenceKind[], so: Spent): Promise<Spent> {
  const { gathered, calls } = await gatherCounted(world, {
    at: input.at,
    window: input.window,
    lines: input.lines,
    kinds,
    have: so.gathered,
    before: input.before,
    budget: Math.max(0, input.budget - so.calls),
  });
  return { gathered: marked(gathered, input.firstFailureAt), calls: so.calls + calls };
}

/** Tells the metrics where this incident begins: CloudWatch still shows the burst before it, and not yet this one's minutes. */
function marked(gathered: Gathered, firstFailureAt: number | undefined): Gathered {
  const metrics = gathered.gatewayMetrics;
  if (metrics?.state !== 'got' || firstFailureAt === undefined) return gathered;
  const burstFrom = minuteOf(firstFailureAt);
  return metrics.value.burstFrom === burstFrom
    ? gathered
    : { ...gathered, gatewayMetrics: { ...metrics, value: { ...metrics.value, burstFrom } } };
}
