// One look at one stage, live or recorded: examine as production does, then ask what an installation would do about it.
import type { Aws, CallName } from '../aws/calls.ts';
import type { Probes } from '../collectors/collector.ts';
import type { StageRef } from '../model/api.ts';
import type { Diagnosis } from '../model/cause.ts';
import type { Gathered, Window } from '../model/evidence.ts';
import { defaults } from '../model/installation.ts';
import type { LogLine } from '../model/signal.ts';
import { examine } from '../stages/looking/examine.ts';
import { refused, witness, type Call, type Refused } from './witness.ts';
import { nothing, type WouldDo } from './would-do.ts';

export interface LookAt {
  readonly at: StageRef;
  readonly window: Window;
  readonly lines: readonly LogLine[];
  readonly firstFailureAt?: number;
  readonly lastFailureAt?: number;
  /** What may be tried out; nothing where not said. */
  readonly probes?: Probes;
}
export interface Looked extends LookAt {
  readonly now: number;
  readonly diagnosis: Diagnosis;
  readonly gathered: Gathered;
  readonly fixes: WouldDo;
  /** What AWS did not allow. */
  readonly refused: readonly Refused[];
  readonly calls: readonly Call[];
}

export interface When {
  readonly now: number;
  /** When and where fixes are weighed, where that is another instant or account: a reported case has no dates, and may not name its account. */
  readonly weighed?: { readonly now: number; readonly accountId: string };
}

/** `asked` is told each call before it is made. */
export async function look(
  aws: Aws<CallName>,
  what: LookAt,
  { now, weighed = { now, accountId: what.at.accountId } }: When,
  asked?: (name: CallName, before: number) => void,
): Promise<Looked> {
  const seen = witness(aws, asked);
  const { diagnosis, gathered } = await examine(
    { aws: seen.aws, now: () => now, installation: { probes: what.probes } },
    { ...what, budget: defaults.callBudget },
  );
  const fixes =
    diagnosis.certainty === 'confirmed'
      ? await fixesFor(seen.aws, { ...what, at: { ...what.at, accountId: weighed.accountId } }, { diagnosis, gathered, now: weighed.now })
      : nothing;
  return { ...what, now, diagnosis, gathered, fixes, refused: refused(seen.calls), calls: seen.calls };
}

/** Loaded only when a cause is confirmed: most cases need no plan. */
async function fixesFor(
  aws: Aws<CallName>,
  what: LookAt,
  found: { readonly diagnosis: Diagnosis; readonly gathered: Gathered; readonly now: number },
): Promise<WouldDo> {
  const { wouldDo } = await import('./would-do.ts');
  const { firstFailureAt = what.window.from, lastFailureAt = found.now } = what;
  return wouldDo(aws, { ...what, ...found, firstFailureAt, lastFailureAt });
}
