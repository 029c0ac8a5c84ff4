// Frees a stage for the next incident: its row stops naming this one, and keeps when it closed.
import { everyStage } from '../../model/api.ts';
import { wasSwept, type Incident, type StageRow } from '../../model/incident.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';

const dayMs = 24 * 3_600_000;
/** More say nothing new: the rest is as long as it gets. */
const sweptKept = 10;

/** The row without its incident. An incident whose failures began before the last close was that burst's tail, not its return. */
function freed(row: StageRow, incident: Incident, closedAt: number): StageRow {
  const { live: _live, sweptAts = [], ...rest } = row;
  const tail = incident.firstFailureAt <= (row.lastClosedAt ?? 0);
  const closedAts = [...(tail ? [] : [closedAt]), ...row.closedAts].filter((at) => at > closedAt - dayMs);
  const swept = wasSwept(incident) ? [closedAt, ...sweptAts].filter((at) => at > closedAt - dayMs).slice(0, sweptKept) : [];
  return { ...rest, ...(swept.length > 0 ? { sweptAts: swept } : {}), lastClosedAt: Math.max(closedAt, row.lastClosedAt ?? 0), closedAts };
}

/** Frees one stage of a closed incident; leaves a row that names another one alone, so twice is once. */
export async function freeStage(world: Pick<World, 'store' | 'now'>, key: string, incident: Incident): Promise<void> {
  await rows.stage.update(world.store, key, (row) =>
    row.live?.incidentId === incident.id ? freed(row, incident, incident.closedAt ?? world.now()) : undefined,
  );
}

/** Frees every stage that a closed incident held: its own, or all that joined the outage. */
export async function freeStages(world: Pick<World, 'store' | 'now'>, incident: Incident): Promise<void> {
  if (!incident.outageOf) return freeStage(world, `${incident.at.apiId}/${incident.at.stage}`, incident);
  const live = await rows.stage.list(world.store, 'live');
  const members = live.filter((row) => row.value.live?.incidentId === incident.id).map((row) => row.value.key);
  // The parent's own row last: while it stands, the rest can be found and freed again.
  for (const key of new Set([...members, ...incident.outageOf])) if (key !== everyStage) await freeStage(world, key, incident);
  await freeStage(world, everyStage, incident);
}
