// What the workshop's store says of its one incident and of the newest change made for it.
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { Incident } from '../../lib/model/incident.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Workshop } from './workshop.ts';

export const id = 'inc-law';

export async function incidentOf({ store }: Workshop): Promise<Incident> {
  const row = await rows.incident.get(store, id);
  if (!row) throw new Error('no incident');
  return row.value;
}

export async function newestChangeOf(shop: Workshop): Promise<ChangeRecord> {
  const row = await rows.change.get(shop.store, (await incidentOf(shop)).changes.at(-1) ?? '');
  if (!row) throw new Error('no change');
  return row.value;
}
