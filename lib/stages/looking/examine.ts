// One examination of a stage: the cheap round makes suspects, the second fetches what they look at, then a diagnosis; no
// suspect left, and everything is looked at once. Used by investigate, the command line and recorded cases alike.
import { collectors } from '../../collectors/index.ts';
import { causes as catalogue } from '../../causes/index.ts';
import type { StageRef } from '../../model/api.ts';
import type { Cause, Diagnosis } from '../../model/cause.ts';
import type { EvidenceKind, Gathered, Window } from '../../model/evidence.ts';
import { minuteOf } from '../../model/series.ts';
import type { LogLine } from '../../model/signal.ts';
import { diagnose, suspectsOf, type DiagnoseInput } from './diagnose.ts';
import { gatherCounted, type Looking, type Spent } from './gather.ts';

export interface ExamineInput {
  readonly at: StageRef;
  readonly window: Window;
  readonly lines: readonly LogLine[];
  readonly budget: number;
  /** Failures before it are another incident's: what explained those explains nothing here. */
  readonly firstFailureAt?: number;
  readonly lastFailureAt?: number;
  readonly causes?: readonly Cause[];
}
export interface Examined {
  readonly gathered: Gathered;
  readonly diagnosis: Diagnosis;
  readonly calls: number;
}

/** Gathers in two rounds and diagnoses. */
export async function examine(world: Looking, input: ExamineInput): Promise<Examined> {
  const look = (kinds: readonly EvidenceKind[], so: Spent): Promise<Spent> => further(world, input, kinds, so);
  const asked = (so: Spent, widened: boolean): DiagnoseInput => ({ ...input, gathered: so.gathered, now: world.now(), widened });
  const cheap = await look(
    collectors.filter((c) => c.round === 'cheap').map((c) => c.kind),
    { gathered: {}, calls: 0 },
  );
  const second = await look(
    suspectsOf(asked(cheap, false)).flatMap((c) => c.looksAt),
    cheap,
  );
  const first = diagnose(asked(second, false));
  if (first.cause !== 'unknown') return { ...second, diagnosis: first };
  const wide = await look(
    (input.causes ?? catalogue).filter((c) => c.clues.some((clue) => clue.kind === 'shape')).flatMap((c) => c.looksAt),
    second,
  );
  return { ...wide, diagnosis: diagnose(asked(wide, true)) };
}

async function further(world: Looking, input: ExamineInput, kinds: readonly EvidenceKind[], so: Spent): Promise<Spent> {
  const { gathered, calls } = await gatherCounted(world, {
    at: input.at,
    window: input.window,
    lines: input.lines,
    kinds: [...new Set(kinds)].sort(),
    have: so.gathered,
    budget: Math.max(0, input.budget - so.calls),
  });
  return { gathered: marked(gathered, input.firstFailureAt), calls: so.calls + calls };
}

/** Tells the metrics where this incident begins: CloudWatch still shows the burst before it, and not yet this one's minutes. */
function marked(gathered: Gathered, firstFailureAt: number | undefined): Gathered {
  const metrics = gathered.gatewayMetrics;
  if (metrics?.state !== 'got' || firstFailureAt === undefined) return gathered;
  return { ...gathered, gatewayMetrics: { ...metrics, value: { ...metrics.value, burstFrom: minuteOf(firstFailureAt) } } };
}
