// What planning reads of the evidence: what the fixes look at, and what the guards then do.
import { guards } from '../../guards/index.ts';
import type { Fix } from '../../model/change.ts';
import type { EvidenceKind } from '../../model/evidence.ts';

/** What planning these fixes reads, and what the guards then look at: nothing where there is nothing to plan. */
export function planningLooksAt(fixes: readonly Pick<Fix, 'looksAt'>[]): readonly EvidenceKind[] {
  if (fixes.length === 0) return [];
  return [...new Set([...fixes.flatMap((f) => f.looksAt), ...guards.flatMap((g) => g.looksAt ?? [])])].sort();
}
