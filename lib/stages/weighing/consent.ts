// Whose word a fix takes: the fix's own way, and what the owner wrote beside it. The owner can only ask for more people than the fix does,
// never let run unasked what the fix says is always asked.
import { declaredFixes } from '../../declared.ts';
import type { Fix, FixId } from '../../model/change.ts';
import type { Installation } from '../../model/installation.ts';

type Installed = Pick<Installation, 'fixes'>;
const listed = (installation: Installed, id: FixId) => installation.fixes.find((f) => f.id === id);

/** Whether the fix and its owner let it run unasked. */
export function mayRunUnasked(installation: Installed, fix: Fix): boolean {
  const owner = listed(installation, fix.id);
  if (takesTwo(installation, fix.id)) return false;
  if (fix.consent === 'unasked') return owner?.unasked ?? true;
  return fix.consent === 'allowed' && owner?.unasked === true;
}

/** Whether two different people must approve it. */
export const takesTwo = (installation: Installed, id: FixId): boolean =>
  declaredFixes.find((f) => f.id === id)?.consent === 'two-person' || listed(installation, id)?.twoPerson === true;
