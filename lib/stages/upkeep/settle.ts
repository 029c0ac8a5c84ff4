// Settles an incident whose execution ended without closing it (failed, timed out, aborted): takes back what was not proven,
// tells a person, closes it and frees the stage, so that the next signal opens anew. Its name cannot run again (names burn for 90 days).
import type { ChangeRecord, Outcome, Step } from '../../model/change.ts';
import { sweptKey, type Incident } from '../../model/incident.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import { closed } from '../close.ts';
import { freeStages } from '../opening/free.ts';
import { keepCard } from '../telling/outbox.ts';
import { tellAtMost } from './tell-at-most.ts';

export type SettleWorld = World;

/** May have happened and nobody proved it: taken back. `verified` stands. */
export const unproven: ReadonlySet<Step> = new Set<Step>(['applying', 'applied', 'failed', 'undoing']);

const spans = { retryMs: 30 * 60_000, givesUpMs: 6 * 3_600_000, dayMs: 24 * 3_600_000 };

/**
 * The name of the sweeper's Undo execution: the same while nothing moved, so twice is once; another after half an hour
 * without a step, and after six hours one a day.
 */
function undoName(change: ChangeRecord, now: number): string {
  const age = now - lastStepAt(change);
  const turn = age < spans.givesUpMs ? Math.floor(age / spans.retryMs) : spans.givesUpMs / spans.retryMs + Math.floor(age / spans.dayMs);
  return `sweeper-${change.entries.length}-${turn}-${change.id}`.slice(0, 80);
}

export const lastStepAt = (change: ChangeRecord): number => change.entries.at(-1)?.at ?? 0;

/** Starts the undo of a change nobody proved. */
export const takeBack = (world: SettleWorld, change: ChangeRecord) =>
  world.workflow.startUndo({ name: undoName(change, world.now()), changeId: change.id, why: 'sweeper' });

/** Every step may be repeated; the close comes after the telling, so that a crash in between loses nothing. */
export async function settle(world: SettleWorld, incidentId: string): Promise<void> {
  const incident = (await rows.incident.get(world.store, incidentId))?.value;
  if (!incident) return;
  if (incident.phase === 'closed') return freeStages(world, incident);
  const changes = await unprovenOf(world, incident);
  for (const change of changes) await takeBack(world, change);
  if (incident.parentId === undefined) await tell(world, incident, changes);
  const after = await rows.incident.update(world.store, incidentId, (current) =>
    current.phase === 'closed' ? undefined : swept(current, { says: says(incident, changes), proven: changes.length === 0 }, world.now()),
  );
  if (!after) return;
  // Again after the close: whoever drew the card in between drew the old state.
  if (incident.parentId === undefined) await keepCard(world, incidentId);
  await freeStages(world, after);
}

async function unprovenOf(world: SettleWorld, incident: Incident): Promise<readonly ChangeRecord[]> {
  const changes = await Promise.all(incident.changes.map((id) => rows.change.find(world.store, id)));
  return changes.flatMap((row) => (row?.ok && unproven.has(row.value.value.step) ? [row.value.value] : []));
}

/** A proof whose journal a crash kept from being written is none: whoever reads `fixed` must find a proven change. */
const outcomeOf = ({ standing = 'failed' }: Incident, proven: boolean): Outcome => (standing === 'fixed' && !proven ? 'failed' : standing);

const swept = (incident: Incident, { says, proven }: { readonly says: string; readonly proven: boolean }, now: number): Incident => ({
  ...closed(incident, outcomeOf(incident, proven), now),
  notes: [...incident.notes.filter((n) => n.key !== sweptKey), { key: sweptKey, at: now, says }],
});

function says(incident: Incident, changes: readonly ChangeRecord[]): string {
  const where = incident.outageOf ? 'an outage' : `${incident.at.apiName ?? incident.at.apiId}/${incident.at.stage}`;
  const done =
    changes.length > 0
      ? `what it changed without proof is being taken back: ${changes.flatMap((c) => c.plan.preview).join('; ')}`
      : 'nothing is left changed without proof';
  return `Gatemedic's workflow for ${where} ended before its time; ${done}. Look at the stage yourself; the next failure opens a new incident.`;
}

/** By the topic, and by the incident's own message: the outbox sends the card again. */
async function tell(world: SettleWorld, incident: Incident, changes: readonly ChangeRecord[]): Promise<void> {
  await keepCard(world, incident.id);
  await tellAtMost(world, spans.dayMs, {
    key: `swept:${incident.id}`,
    says: says(incident, changes),
    urgent: true,
    more: { incidentId: incident.id, changes: changes.map((c) => c.id) },
  });
}
