// The journal: what became of each change, one row a change, entries that only grow. Every step is a compare-and-set,
// so two writers (a workflow, a click, a sweeper) can never both take it.
import type { Actor, ChangeRecord, Step } from '../model/change.ts';
import type { World } from '../world.ts';
import { rows } from '../store/rows.ts';
import { illegal, mayFollow } from './table.ts';

type Ledger = Pick<World, 'store' | 'now'>;
/** Fields of the record that a step may set beside its entry. */
export type Beside = Partial<
  Pick<
    ChangeRecord,
    | 'appliedAt'
    | 'leaseEndsAt'
    | 'extended'
    | 'keepAskedAt'
    | 'undoUntilAt'
    | 'reliedOn'
    | 'undoAsked'
    | 'undoName'
    | 'undoTries'
    | 'settledAt'
    | 'sent'
  >
>;

export const gatemedic: Actor = { kind: 'gatemedic' };

/** Writes the plan down before anything is touched; the record that stands when it was written before. */
export async function plan(
  world: Ledger,
  draft: Pick<ChangeRecord, 'id' | 'incidentId' | 'at' | 'plan' | 'approvedBy' | 'approvals'>,
): Promise<ChangeRecord> {
  const record: ChangeRecord = {
    ...draft,
    version: 1,
    step: 'planned',
    entries: [{ n: 1, step: 'planned', at: world.now(), by: draft.approvedBy ?? gatemedic }],
  };
  if (await rows.change.create(world.store, draft.id, record)) return record;
  return await mustRead(world, draft.id);
}

export async function mustRead(world: Pick<Ledger, 'store'>, changeId: string): Promise<ChangeRecord> {
  const row = await rows.change.get(world.store, changeId);
  if (!row) throw new Error(`there is no change ${changeId}; its journal must be written before it is moved`);
  return row.value;
}

/**
 * Moves a change one step, by compare-and-set. A step it already stands at is no new entry (a crash came between the write
 * and the answer). An illegal step throws.
 */
export async function advance(
  world: Ledger,
  changeId: string,
  step: Step,
  by: Actor,
  why?: string,
  beside: Beside = {},
): Promise<ChangeRecord> {
  const next = await rows.change.update(world.store, changeId, (current) => {
    if (current.step === step) return undefined;
    if (!mayFollow(current.step, step)) throw new Error(`${changeId}: ${illegal(current.step, step)}`);
    const entry = { n: current.entries.length + 1, step, at: world.now(), by, ...(why === undefined ? {} : { why }) };
    return { ...current, ...beside, step, entries: [...current.entries, entry] };
  });
  if (!next) throw new Error(`there is no change ${changeId}; its journal must be written before it is moved`);
  return next;
}

/** Sets fields of the record without a step: a lease extended, a try counted. */
export async function amend(world: Ledger, changeId: string, beside: (record: ChangeRecord) => Beside | undefined): Promise<ChangeRecord> {
  const next = await rows.change.update(world.store, changeId, (current) => {
    const fields = beside(current);
    return fields && { ...current, ...fields };
  });
  return next ?? (await mustRead(world, changeId));
}

/** Verified changes whose undo window is over, and applied ones nobody could judge, are kept for good; called by the sweeper. Answers their ids. */
export async function keepWhatIsOver(world: Ledger): Promise<readonly string[]> {
  const { rows: open } = await rows.change.listed(world.store, 'open-changes');
  const over = open.filter(
    ({ value: c }) =>
      (c.step === 'verified' || c.step === 'applied') &&
      c.leaseEndsAt === undefined &&
      c.undoUntilAt !== undefined &&
      c.undoUntilAt < world.now(),
  );
  for (const { value } of over) await advance(world, value.id, 'kept', { kind: 'sweeper' }, 'the time to undo it is over');
  return over.map(({ value }) => value.id);
}
