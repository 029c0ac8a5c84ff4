// What stands beside the code that owns it, for the weekly digest: told again each week until it is taken back, stands there no more, or
// somebody's own code says the same beside it. What cannot be read is told: a reminder too many costs less than a deploy that takes it away.
import type { CallName } from '../../aws/calls.ts';
import type { ChangeRecord, Step } from '../../model/change.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { illegible } from '../changing/legible.ts';
import { moveOf, read } from '../changing/moves.ts';

/** Steps at which a change stands in the account. */
const stands: ReadonlySet<Step> = new Set<Step>(['applied', 'verified', 'kept']);
/** A kept change has no row in a list of open ones: it is looked for as long as its incident is known. */
const keptForMs = 90 * 24 * 3_600_000;
/** Each costs a read or two, once a week. */
const mostLookedAt = 40;

/** Oldest first. */
export async function driftOf(world: World<CallName>, to: number): Promise<readonly ChangeRecord[]> {
  const [open, settled] = await Promise.all([
    rows.change.listed(world.store, 'open-changes'),
    rows.change.listed(world.store, 'changes', { from: to - keptForMs, to }),
  ]);
  const owned = [...settled.rows, ...open.rows].map((r) => r.value).filter((c) => c.plan.owner !== undefined && stands.has(c.step));
  const drifting: ChangeRecord[] = [];
  for (const change of owned.slice(-mostLookedAt)) if (await stillStands(world, change)) drifting.push(change);
  return drifting;
}

async function stillStands(world: World<CallName>, { plan }: ChangeRecord): Promise<boolean> {
  if (illegible(plan) !== undefined) return true;
  for (const move of plan.changes.map(moveOf)) {
    if (move.setting.oneWay !== undefined) continue;
    const now = await read(world.aws, move);
    if (!now.ok) return true;
    if (!move.setting.same(now.value.value, move.to)) continue;
    const said = await move.setting.declared?.(world.aws, move.target, move.to);
    if (!said?.ok || !said.value) return true;
  }
  return false;
}
