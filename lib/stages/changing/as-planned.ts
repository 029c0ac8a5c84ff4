// Whether what a plan changes still stands as the plan saw it. Asked when a person's approval is weighed, so that they hear at once what is
// gone, and again as the last look before the first write. Only reads.
import type { Aws, CallName } from '../../aws/calls.ts';
import type { Plan } from '../../model/change.ts';
import { managedBy, moveOf, read, says, shown, type Move } from './moves.ts';

/** Why the plan cannot be made any more; undefined while it can. */
export async function changedSince(aws: Aws<CallName>, { changes }: Pick<Plan, 'changes'>): Promise<string | undefined> {
  for (const move of changes.map(moveOf)) {
    const why = (await changedAt(aws, move)) ?? (await managedBy(aws, move));
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Every value must be what the plan saw; anything else, even the goal itself, is somebody else's work. */
async function changedAt(aws: Aws<CallName>, move: Move): Promise<string | undefined> {
  const now = await read(aws, move);
  if (!now.ok)
    return now.error.kind === 'gone'
      ? `what it changes at ${move.setting.writesTo(move.target)} is gone: ${says(now.error)}`
      : `the current value could not be read: ${says(now.error)}`;
  // before the value: a permission is as absent as ever when its function is gone
  if (now.value.gone !== undefined) return `${now.value.gone} is gone`;
  if (move.setting.same(now.value.value, move.from)) return undefined;
  return `the world moved: instead of ${shown(move)} it stands at ${JSON.stringify(now.value.value)}`;
}
