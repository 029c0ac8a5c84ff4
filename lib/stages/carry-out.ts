// Carry out: the only role that writes. It applies what stands decided, takes back what failed, and undoes; everything it does
// goes through the journal first.
import type { CallName } from '../aws/calls.ts';
import { gatemedic } from '../journal/journal.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { apply, applyFailedKey } from './changing/apply.ts';
import { routed } from './changing/incident-row.ts';
import { carryOutInput, stage, type Routed, type Undone } from './stage.ts';
import { takeBack } from './changing/take-back.ts';
import { undo } from './changing/undo.ts';

/** The newest change of an incident that may stand somewhere between its two values. */
export async function openChangeOf(world: Pick<World, 'store'>, changes: readonly string[]): Promise<ChangeRecord | undefined> {
  for (const id of changes.toReversed()) {
    const found = await rows.change.find(world.store, id);
    const record = found?.ok ? found.value.value : undefined;
    if (record && ['applying', 'applied', 'failed', 'undoing'].includes(record.step)) return record;
  }
  return undefined;
}

async function takeBackOf(world: World<CallName>, incidentId: string): Promise<Routed> {
  const incident = (await rows.incident.get(world.store, incidentId))?.value;
  if (!incident) return routed(world, incidentId, 'end');
  const record = await openChangeOf(world, incident.changes);
  if (record) await takeBack(world, record, gatemedic, whyOf(record, incident), `take-back-${record.id}`);
  return routed(world, incidentId, 'investigate');
}
/** Of a change that failed half-way the note says why: its last step only says why it was begun. */
const whyOf = ({ id, step, entries }: ChangeRecord, { notes }: Incident): string =>
  step === 'applying'
    ? (notes.find((n) => n.key === applyFailedKey(id))?.says ?? 'it did not go through')
    : (entries.at(-1)?.why ?? 'it did not help');

export default stage({
  id: 'carry-out',
  input: carryOutInput,
  run: (world: World<CallName>, input): Promise<Routed | Undone> => {
    if (input.do === 'apply') return apply(world, input.incidentId);
    return input.do === 'take-back' ? takeBackOf(world, input.incidentId) : undo(world, input);
  },
});
