// What carrying out, undoing and proving write into an incident's row: a change's id, a note, how it stands.
import type { Outcome } from '../../model/change.ts';
import type { Incident, Note } from '../../model/incident.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { timestamp, type Next, type Routed } from '../stage.ts';

type Ledger = Pick<World, 'store' | 'now'>;

/** Adds a line to the history; the same key twice is one line. */
export const withNote = (incident: Incident, note: Note): Incident =>
  incident.notes.some((n) => n.key === note.key) ? incident : { ...incident, notes: [...incident.notes, note] };

export async function note(world: Ledger, incidentId: string, key: string, says: string): Promise<void> {
  await rows.incident.update(world.store, incidentId, (i) => withNote(i, { key, at: world.now(), says }));
}

/** Notes it, and says how the incident stands; a closed one keeps its end unless a person changed it. */
export async function stands(world: Ledger, incidentId: string, standing: Outcome, key: string, says: string): Promise<void> {
  await rows.incident.update(world.store, incidentId, (i) => ({
    ...withNote(i, { key, at: world.now(), says }),
    standing,
    ...(i.phase === 'closed' ? { outcome: standing } : {}),
  }));
}

export const routed = (world: Ledger, incidentId: string, next: Next, untilAt: number = world.now()): Routed => ({
  incidentId,
  next,
  untilAt: timestamp(untilAt),
});
