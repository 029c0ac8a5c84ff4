// Decide: one choice, stored with its reasons in one conditional write on the incident. If a person's click came in between,
// the choice is made again with it, so that a withdrawn question and an approval can never both count.
import type { CallName } from '../aws/calls.ts';
import type { Incident } from '../model/incident.ts';
import { stronger } from '../model/shadow.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { incidentInput, stage, timestamp, type IncidentInput, type Routed } from './stage.ts';
import type { Draft } from './weighing/draft.ts';
import { weigh } from './weighing/weigh.ts';

/** Clicks that may come in between: one is likely, more are a loop somewhere. */
const attempts = 4;

async function run(world: World<CallName>, { incidentId }: IncidentInput): Promise<Routed> {
  for (let n = 0; n < attempts; n++) {
    const row = await rows.incident.get(world.store, incidentId);
    if (!row || row.value.phase === 'closed') return { incidentId, next: 'end', untilAt: timestamp(world.now()) };
    const draft = await weigh(world, row.value);
    if (await store(world, row.value, draft)) return { incidentId, next: draft.next, untilAt: timestamp(draft.untilAt) };
  }
  throw new Error(`the question of ${incidentId} changed ${attempts} times while it was decided; look for a loop that writes it`);
}

/** False when the question is not the one that was weighed. */
async function store(world: World<CallName>, seen: Incident, draft: Draft): Promise<boolean> {
  let stale = false;
  await rows.incident.update(world.store, seen.id, (current) => {
    stale = current.phase === 'closed' || !sameQuestion(current, seen);
    return stale ? undefined : merge(current, draft);
  });
  return !stale;
}
const sameQuestion = ({ question: a }: Incident, { question: b }: Incident): boolean =>
  a?.id === b?.id && a?.state === b?.state && a?.approvals?.length === b?.approvals?.length;

function merge(current: Incident, { decision, question, shadow: would, standing, dismissed, notes }: Draft): Incident {
  const known = new Set(current.notes.map((n) => n.key));
  const token = question?.id === current.question?.id ? current.question?.taskToken : undefined;
  const shadow = stronger(current.shadow, would);
  return {
    ...current,
    decision,
    ...(shadow ? { shadow } : {}),
    ...(question ? { question: { ...question, ...(token === undefined ? {} : { taskToken: token }) } } : {}),
    ...(standing ? { standing } : {}),
    ...(dismissed ? { dismissed } : {}),
    notes: [...current.notes, ...notes.filter((n) => !known.has(n.key))],
  };
}

export default stage({ id: 'decide', input: incidentInput, run });
