// Close: a last look whether it fails again, then the incident is closed and its stage freed. Twice is once.
import type { Outcome } from '../model/change.ts';
import type { Incident, Question } from '../model/incident.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { freeStages } from './opening/free.ts';
import { incidentInput, stage, timestamp, type Next, type Routed } from './stage.ts';

type CloseWorld = Pick<World, 'store' | 'now' | 'log'>;

export default stage({ id: 'close', input: incidentInput, run: (world: World, { incidentId }) => close(world, incidentId) });

async function close(world: CloseWorld, incidentId: string): Promise<Routed> {
  const incident = (await rows.incident.get(world.store, incidentId))?.value;
  if (!incident) {
    world.log('close-without-incident', { incidentId });
    return routed(world, incidentId, 'end');
  }
  const judgedAt = await lastJudgedAt(world, incident);
  const after = await rows.incident.update(world.store, incidentId, (current) =>
    current.phase === 'closed' || failsAgain(current, judgedAt) ? undefined : closed(current, outcomeOf(current), world.now()),
  );
  if (after?.phase !== 'closed') return routed(world, incidentId, 'investigate');
  await freeStages(world, after);
  return routed(world, incidentId, 'end');
}

const routed = (world: CloseWorld, incidentId: string, next: Next): Routed => ({ incidentId, next, untilAt: timestamp(world.now()) });

/** A failure newer than what the close rests on: it is looked at once more instead. */
const failsAgain = (incident: Incident, judgedAt: number): boolean => incident.lastFailureAt > judgedAt;

const outcomeOf = ({ decision, standing }: Incident): Outcome => (decision?.do === 'close' ? decision.outcome : (standing ?? 'none'));

/** When it was last judged to be over: by the decision to close, by the proof of a change, else by the last look. */
async function lastJudgedAt(world: CloseWorld, incident: Incident): Promise<number> {
  const changes = await Promise.all(incident.changes.map((id) => rows.change.find(world.store, id)));
  const proven = changes
    .flatMap((row) => (row?.ok ? row.value.value.entries : []))
    .filter((e) => e.step === 'verified' || e.step === 'kept');
  const decidedAt = incident.decision?.do === 'close' ? incident.decision.at : 0;
  const judged = Math.max(decidedAt, ...proven.map((e) => e.at));
  return judged > 0 ? judged : Math.max(incident.decision?.at ?? 0, incident.diagnosis?.at ?? 0);
}

/** The incident closed; a question nobody answered is withdrawn with it. */
export function closed(incident: Incident, outcome: Outcome, at: number): Incident {
  const question: Question | undefined =
    incident.question?.state === 'pending' ? { ...incident.question, state: 'withdrawn', decidedAt: at } : incident.question;
  return { ...incident, phase: 'closed', outcome, closedAt: at, ...(question ? { question } : {}) };
}
