// Opens an incident for a failing stage, or merges the news into the one that is live. Three steps, each repeatable from the one
// before: the stage's row (holds the id), the incident (written from the row), the execution (named by the id).
import { everyStage, stageKey, type StageRef } from '../../model/api.ts';
import { restsUntil, type Incident, type LiveStage, type StageRow } from '../../model/incident.ts';
import type { Signal } from '../../model/signal.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { freeStage } from './free.ts';
import { incidentId, outageNow, parentFor } from './outage.ts';
import { watchedStageOf } from './subject.ts';

export type OpenWorld = Pick<World, 'store' | 'workflow' | 'installation' | 'now' | 'id'>;

/** What became of a signal: opened a new incident, joined an outage, merged, mended what a crash had left, was no news, or came to a stage whose executions break off. */
export type Opened = 'opened' | 'joined' | 'merged' | 'mended' | 'seen' | 'old' | 'resting';

/** A live incident's row is written at most once in this span, however many signals come. */
const mergeEveryMs = 60_000;
const most = { lines: 20, keys: 20 };

/** Brings a bad signal to its stage. Safe to repeat after a crash at any point. */
export async function open(world: OpenWorld, at: StageRef, signal: Signal): Promise<Opened> {
  const row = (await rows.stage.get(world.store, stageKey(at)))?.value;
  if (row?.live) return onLive(world, at, row, row.live, signal);
  if (isOld(row, signal)) return 'old';
  return restsUntil(row) > world.now() ? 'resting' : begin(world, at, signal);
}

const isOld = (row: StageRow | undefined, signal: Signal): boolean => signal.lastAt <= (row?.lastClosedAt ?? 0);

/** Claims the stage; the loser of a race merges into the winner's incident. */
async function begin(world: OpenWorld, at: StageRef, signal: Signal): Promise<Opened> {
  const parent = await parentFor(world, at, signal);
  const live: LiveStage = {
    incidentId: parent?.incidentId ?? incidentId(world),
    openedAt: world.now(),
    at,
    from: signal.from,
    firstAt: signal.firstAt,
    lastAt: signal.lastAt,
  };
  const key = stageKey(at);
  const row = await rows.stage.upsert(world.store, key, (current) =>
    current?.live || isOld(current, signal) ? undefined : { ...current, key, closedAts: current?.closedAts ?? [], live },
  );
  if (!row?.live) return 'old';
  if (parent && row.live.incidentId === parent.incidentId) return join(world, signal);
  if (row.live.incidentId !== live.incidentId) return onLive(world, at, row, row.live, signal);
  await writeAndStart(world, row, row.live, signal);
  return 'opened';
}

/** News of a stage that is part of an outage goes to the parent. */
async function join(world: OpenWorld, signal: Signal): Promise<Opened> {
  const parent = (await rows.stage.get(world.store, everyStage))?.value;
  if (parent?.live) await onLive(world, parent.live.at ?? { ...signalRef(world), apiId: '*', stage: '*' }, parent, parent.live, signal);
  return 'joined';
}
const signalRef = (world: OpenWorld) => ({
  accountId: world.installation.accountId,
  region: world.installation.region,
  apiType: 'REST' as const,
});

async function onLive(world: OpenWorld, at: StageRef, row: StageRow, live: LiveStage, signal: Signal): Promise<Opened> {
  const incident = (await rows.incident.get(world.store, live.incidentId))?.value;
  if (!incident) {
    await writeAndStart(world, row, live, signal);
    return 'mended';
  }
  if (incident.phase === 'closed') return afterCrashedClose(world, at, row, incident, signal);
  return merge(world, at, incident, signal);
}

/** Closed, but the stage's row was not freed: whoever closed it crashed in between, or it ended as part of an outage. */
async function afterCrashedClose(world: OpenWorld, at: StageRef, row: StageRow, incident: Incident, signal: Signal): Promise<Opened> {
  await freeStage(world, row.key, incident);
  const freed = (await rows.stage.get(world.store, row.key))?.value;
  if (freed?.live || isOld(freed, signal)) return 'old';
  if (row.key === everyStage) return 'old';
  return restsUntil(freed) > world.now() ? 'resting' : begin(world, at, signal);
}

/** Writes the incident the row names, and starts its execution. Both are once only, however often they are called. */
export async function writeAndStart(world: OpenWorld, row: StageRow, live: LiveStage, signal?: Signal): Promise<void> {
  const members = row.key === everyStage ? ((await outageNow(world))?.stages ?? []) : undefined;
  await rows.incident.create(world.store, live.incidentId, incidentFrom(world, row, live, signal, members));
  await world.workflow.startIncident(live.incidentId);
}

function incidentFrom(
  world: OpenWorld,
  row: StageRow,
  live: LiveStage,
  signal: Signal | undefined,
  outageOf: readonly string[] | undefined,
): Incident {
  const [apiId = '', ...rest] = row.key.split('/');
  const { accountId, region } = world.installation;
  const watched = watchedStageOf(world.installation, { apiId, stage: rest.join('/') });
  const at: StageRef = live.at ?? {
    accountId,
    region,
    apiType: watched?.apiType ?? 'REST',
    apiId,
    stage: rest.join('/'),
    ...(watched ? { apiName: watched.apiName } : {}),
  };
  const firstFailureAt = Math.min(live.firstAt ?? live.openedAt, signal?.firstAt ?? Number.POSITIVE_INFINITY);
  return {
    id: live.incidentId,
    at,
    ...(outageOf ? { outageOf } : {}),
    watched: watched !== undefined,
    phase: 'live',
    openedAt: live.openedAt,
    firstFailureAt,
    lastFailureAt: Math.max(live.lastAt ?? firstFailureAt, signal?.lastAt ?? 0),
    failures: signal?.failures ?? 0,
    signals: 1,
    from: live.from ?? signal?.from ?? 'alarm',
    lines: signal?.lines.slice(0, most.lines) ?? [],
    rounds: 0,
    changes: [],
    notes: [],
    ...(signal ? { recentKeys: [signal.key] } : {}),
  };
}

const isDue = (incident: Incident, now: number): boolean => now - (incident.signalAt ?? Number.NEGATIVE_INFINITY) >= mergeEveryMs;
const isSeen = (incident: Incident, signal: Signal): boolean => incident.recentKeys?.includes(signal.key) ?? false;

async function merge(world: OpenWorld, at: StageRef, incident: Incident, signal: Signal): Promise<Opened> {
  const due = isDue(incident, world.now());
  const seen = isSeen(incident, signal);
  // Not looked at yet: perhaps whoever wrote it crashed before the execution started. A redelivery of the first signal, or the next due one, starts it.
  if (incident.rounds === 0 && (seen || due)) await world.workflow.startIncident(incident.id);
  if (seen || !due) return 'seen';
  if (!incident.outageOf && (await parentJoined(world, at, incident, signal))) return 'joined';
  await rows.incident.update(world.store, incident.id, (current) =>
    current.phase === 'closed' || !isDue(current, world.now()) || isSeen(current, signal)
      ? undefined
      : merged(current, signal, world.now()),
  );
  return 'merged';
}

/** Stages that opened in the same instant may not have seen each other: once a minute it is looked again whether they are an outage. */
async function parentJoined(world: OpenWorld, at: StageRef, incident: Incident, signal: Signal): Promise<boolean> {
  if (incident.changes.length > 0 || world.now() - incident.openedAt > world.installation.outage.withinMs) return false;
  const parent = await parentFor(world, at, signal);
  const row = parent && (await rows.stage.get(world.store, stageKey(at)))?.value;
  if (!parent || row?.live?.incidentId !== parent.incidentId) return false;
  await join(world, signal);
  return true;
}

/** An alarm counts whole minutes and speaks late: it adds nothing to what log lines told to the millisecond. */
const seenIn = (current: Incident, signal: Signal): Pick<Incident, 'firstFailureAt' | 'lastFailureAt' | 'failures'> => ({
  firstFailureAt: Math.min(current.firstFailureAt, signal.firstAt),
  lastFailureAt: Math.max(current.lastFailureAt, signal.lastAt),
  failures: current.failures + signal.failures,
});

function merged(current: Incident, signal: Signal, now: number): Incident {
  return {
    ...current,
    ...(signal.from === 'alarm' && current.from === 'log' ? {} : seenIn(current, signal)),
    signals: current.signals + 1,
    lines: [...current.lines, ...signal.lines].slice(-most.lines),
    signalAt: now,
    recentKeys: [signal.key, ...(current.recentKeys ?? [])].slice(0, most.keys),
  };
}
