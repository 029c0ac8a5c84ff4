// Many stages failing at once are one outage: one parent incident under the key of every stage, which the stages' rows point to.
// Nothing is gathered or mended per stage while it stands, and nobody gets thirty messages.
import { everyStage, stageKey, type StageRef } from '../../model/api.ts';
import type { Incident, LiveStage, StageRow } from '../../model/incident.ts';
import type { Signal } from '../../model/signal.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { freeStages } from './free.ts';

export interface Outage {
  readonly parentId: string;
  /** Keys of the stages whose rows point to the parent. */
  readonly stages: readonly string[];
}

/** The rows of all stages in trouble, without the pseudo stage. */
async function liveStages(world: Pick<World, 'store'>, from?: number): Promise<readonly StageRow[]> {
  const live = await rows.stage.list(world.store, 'live', from === undefined ? {} : { from });
  return live.map((row) => row.value).filter((row) => row.key !== everyStage);
}

/** The outage that stands now, if any: its parent and the stages that are part of it. */
export async function outageNow(world: Pick<World, 'store'>): Promise<Outage | undefined> {
  const parent = (await rows.stage.get(world.store, everyStage))?.value.live;
  if (!parent) return undefined;
  const incident = (await rows.incident.get(world.store, parent.incidentId))?.value;
  if (incident?.phase === 'closed') return undefined;
  const members = (await liveStages(world)).filter((row) => row.live?.incidentId === parent.incidentId);
  return { parentId: parent.incidentId, stages: members.map((row) => row.key) };
}

/** The parent a stage's incident became part of; undefined for one that stands alone, and for the parent itself. */
export async function parentOf(world: Pick<World, 'store'>, incident: Pick<Incident, 'id' | 'at'>): Promise<string | undefined> {
  const outage = await outageNow(world);
  if (!outage || outage.parentId === incident.id) return undefined;
  return outage.stages.includes(stageKey(incident.at)) ? outage.parentId : undefined;
}

/** The parent with every stage that joined so far: most join within its first seconds, more often than its row may be written. */
export async function withMembers(world: Pick<World, 'store'>, parent: Incident): Promise<Incident> {
  const outage = await outageNow(world);
  const known = new Set(parent.outageOf);
  if (outage?.parentId !== parent.id || outage.stages.every((key) => known.has(key))) return parent;
  const all = [...new Set([...known, ...outage.stages])];
  return (await rows.incident.update(world.store, parent.id, (current) => ({ ...current, outageOf: all }))) ?? parent;
}

/** The parent's own place: no stage. */
const everyStageRef = (installation: { readonly accountId: string; readonly region: string }): StageRef => ({
  accountId: installation.accountId,
  region: installation.region,
  apiType: 'REST',
  apiId: '*',
  stage: '*',
});

type OutageWorld = Pick<World, 'store' | 'installation' | 'now' | 'id'>;

/** The parent that a stage failing now joins: the one that stands, or a new one when this stage is one too many. */
export async function parentFor(
  world: OutageWorld,
  at: StageRef,
  signal: Pick<Signal, 'firstAt' | 'lastAt' | 'from'>,
): Promise<LiveStage | undefined> {
  const standing = await standingParent(world);
  if (standing) return standing;
  const recent = await liveStages(world, world.now() - world.installation.outage.withinMs);
  const keys = new Set([...recent.map((row) => row.key), stageKey(at)]);
  return keys.size > world.installation.outage.stages ? declare(world, signal) : undefined;
}

/** The parent's row, unless its incident is closed already: then whoever closed it crashed before freeing the stages. */
async function standingParent(world: OutageWorld): Promise<LiveStage | undefined> {
  const live = (await rows.stage.get(world.store, everyStage))?.value.live;
  const incident = live && (await rows.incident.get(world.store, live.incidentId))?.value;
  if (incident?.phase !== 'closed') return live;
  await freeStages(world, incident);
  return undefined;
}

/** Writes the parent's row and points the recent stages to it. The parent's incident is written from the row, like any other. */
async function declare(world: OutageWorld, signal: Pick<Signal, 'firstAt' | 'lastAt' | 'from'>): Promise<LiveStage | undefined> {
  const live: LiveStage = {
    incidentId: incidentId(world),
    openedAt: world.now(),
    at: everyStageRef(world.installation),
    from: signal.from,
    firstAt: signal.firstAt,
    lastAt: signal.lastAt,
  };
  const row = await rows.stage.upsert(world.store, everyStage, (current) =>
    current?.live ? undefined : { key: everyStage, closedAts: current?.closedAts ?? [], ...current, live },
  );
  if (row?.live) await adopt(world, row.live.incidentId);
  return row?.live;
}

/** Points stages that opened lately to the parent. One with a change under way keeps its own incident: the change must be proven. */
export async function adopt(world: Pick<World, 'store' | 'installation' | 'now'>, parentId: string): Promise<void> {
  const recent = await liveStages(world, world.now() - world.installation.outage.withinMs);
  for (const row of recent) {
    const own = row.live?.incidentId;
    if (own === undefined || own === parentId || (await hasChange(world, own))) continue;
    await rows.stage.update(world.store, row.key, (current) =>
      current.live?.incidentId === own ? { ...current, live: { ...current.live, incidentId: parentId } } : undefined,
    );
  }
}

const hasChange = async (world: Pick<World, 'store'>, incidentId: string): Promise<boolean> =>
  ((await rows.incident.get(world.store, incidentId))?.value.changes.length ?? 0) > 0;

/** `inc-<base36 time>-<random>`: sorts by time, and is an execution's name (at most 80 characters of A–Z a–z 0–9 - _). */
export const incidentId = (world: Pick<World, 'now' | 'id'>): string => `inc-${world.now().toString(36)}-${world.id()}`.slice(0, 80);
