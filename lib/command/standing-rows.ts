// The rows behind an incident, read for a person: its own, and its changes'.
import type { ChangeRecord } from '../model/change.ts';
import type { Incident } from '../model/incident.ts';
import { rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

export async function changesOf(store: Store, incident: Incident): Promise<readonly ChangeRecord[]> {
  const found = await Promise.all(incident.changes.map((id) => rows.change.find(store, id)));
  return found.flatMap((row) => (row?.ok ? [row.value.value] : []));
}

/** Open ones, and those that were closed since; newest first. */
export async function incidentsSince(store: Store, from: number): Promise<readonly Incident[]> {
  const [open, closed] = await Promise.all([
    rows.incident.list(store, 'open-incidents'),
    rows.incident.list(store, 'closed-incidents', { from }),
  ]);
  const byId = new Map([...closed, ...open].map(({ value }) => [value.id, value]));
  return [...byId.values()].sort((a, b) => b.openedAt - a.openedAt);
}

/** Incidents that were closed before and still have a change in force that somebody may take back, keep or settle. */
export async function incidentsWithOpenChanges(store: Store): Promise<readonly Incident[]> {
  const { rows: open } = await rows.change.listed(store, 'open-changes');
  const ids = [...new Set(open.map(({ value }) => value.incidentId))];
  const found = await Promise.all(ids.map((id) => rows.incident.get(store, id)));
  return found.flatMap((row) => (row ? [row.value] : []));
}
