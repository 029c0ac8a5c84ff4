// What was made again since: somebody took a change away by hand, and a later change of ours put the same there. It is the later one's by now,
// and an undo of the first must not pull it from under it.
import { canonical } from '../../journal/hash.ts';
import type { Change, ChangeRecord, Step } from '../../model/change.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { wasSent } from './in-time.ts';
import { illegible } from './legible.ts';

/** Of these something may stand. */
const mayStand: ReadonlySet<Step> = new Set<Step>(['applying', 'applied', 'verified', 'kept', 'failed', 'undoing', 'stuck']);

const begunAt = ({ entries }: ChangeRecord): number => entries.find((e) => e.step === 'applying')?.at ?? Infinity;
const asWritten = ({ setting, target, to }: Change): string => canonical({ setting, target, to });

/** The numbers of the changes of this plan that a later change wrote once more. */
export async function madeAgain(world: Pick<World, 'store'>, record: ChangeRecord): Promise<ReadonlySet<number>> {
  const from = begunAt(record);
  const [open, settled] = await Promise.all([
    rows.change.listed(world.store, 'open-changes'),
    rows.change.listed(world.store, 'changes', { from: Number.isFinite(from) ? from : 0 }),
  ]);
  const later = [...open.rows, ...settled.rows]
    .map(({ value }) => value)
    .filter((c) => c.id !== record.id && mayStand.has(c.step) && Number.isFinite(begunAt(c)) && begunAt(c) > from && !illegible(c.plan));
  const written = new Set(later.flatMap((c) => c.plan.changes.filter((_, n) => wasSent(c, n)).map(asWritten)));
  return new Set(record.plan.changes.flatMap((change, n) => (written.has(asWritten(change)) ? [n] : [])));
}
