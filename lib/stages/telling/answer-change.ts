// A person's word about a change that was made: Undo starts the Undo machine, named by the change, so that twice is once; Keep ends the offer of its lease.
import type { CallName } from '../../aws/calls.ts';
import { advance, amend } from '../../journal/journal.ts';
import { canKeep, canUndo } from '../../messages/buttons.ts';
import { code, person } from '../../messages/text.ts';
import type { ChangeRecord, Step } from '../../model/change.ts';
import type { Note } from '../../model/incident.ts';
import { rows } from '../../store/rows.ts';
import type { World } from '../../world.ts';
import type { Answered } from '../answer.ts';
import { illegible } from '../changing/legible.ts';
import { whoSays, type Word } from '../answering/word.ts';

const nothing = (says: string): Answered => ({ did: 'nothing', says: `${says} Nothing was changed.` });

/** Why there is nothing to undo, by where the change stands. */
const standsAt: Readonly<Record<Step, string>> = {
  planned: 'This change was not made yet.',
  dropped: 'This change was never made.',
  applying: 'This change is being made right now; try again once it stands.',
  applied: '',
  verified: '',
  kept: 'This change was kept for good; take it back by hand if it has to go.',
  failed: 'This change did not help and is being taken back already.',
  undoing: 'This change is being taken back already.',
  undone: 'This change was already taken back.',
  stuck: 'This change is stuck: it has to be set by hand.',
  settled: 'This change was settled by a person.',
};

/** The change the button speaks of, exactly as it was shown. */
async function changeOf(world: World<CallName>, c: Word): Promise<ChangeRecord | string> {
  const found = await rows.change.find(world.store, c.about);
  if (found && !found.ok)
    return `This version of Gatemedic cannot read the row of this change (${code(found.error.why, 200)}); a person has to look.`;
  const change = found?.value.value;
  if (!change || change.incidentId !== c.incidentId) return 'This change is not known here.';
  return change.plan.hash === c.hash ? change : 'The change is no longer the one you saw.';
}

/** To be taken back, or kept for good, it must be one that this version can read. */
async function legibleOf(world: World<CallName>, c: Word): Promise<ChangeRecord | string> {
  const change = await changeOf(world, c);
  const odd = typeof change === 'string' ? undefined : illegible(change.plan);
  return odd === undefined ? change : `This version of Gatemedic cannot read this change: ${odd}. A person has to do it by hand.`;
}

/** Writes who pressed first; false when somebody else did before. */
async function claim(world: World<CallName>, c: Word, note: Note): Promise<boolean> {
  const after = await rows.incident.update(world.store, c.incidentId, (i) =>
    i.notes.some((n) => n.key === note.key) ? undefined : { ...i, notes: [...i.notes, note] },
  );
  const first = after?.notes.find((n) => n.key === note.key);
  return first?.at === note.at && first.says === note.says;
}

/** Undo, for a change that stands and whose time to undo is not over. */
export async function undo(world: World<CallName>, c: Word): Promise<Answered> {
  const change = await legibleOf(world, c);
  if (typeof change === 'string') return nothing(change);
  if (!canUndo(change, world.installation.undoWindowMs, world.now()))
    return nothing(
      standsAt[change.step] || (change.plan.oneWay ? 'This change cannot be taken back.' : 'The time to undo this change is over.'),
    );
  const first = await claim(world, c, {
    key: `undo:${change.id}`,
    at: c.at,
    says: `${whoSays(c.by)} pressed Undo: "${change.plan.preview.join('; ')}"`,
  });
  await amend(world, change.id, (r) => (r.undoAsked ? undefined : { undoAsked: { at: c.at, by: c.by } }));
  const started = await world.workflow.startUndo({
    name: `undo-${change.id}`,
    changeId: change.id,
    why: 'person',
    by: { id: c.by.id, ...(c.by.name === undefined ? {} : { name: c.by.name }) },
  });
  if (started === 'already' && !first) return nothing('An undo of this change was started before; what became of it stands in the thread.');
  return { did: 'undo', says: 'Undo: the change is being taken back now. The message shows when it is done.' };
}

function keptBefore(change: ChangeRecord, c: Word): Answered {
  const by = change.entries.at(-1)?.by;
  if (by?.kind === 'person' && by.id === c.by.id) return { did: 'kept', says: 'Kept: it stays until a person takes it down.' };
  return nothing(by?.kind === 'person' ? `It was already kept by ${person(by.id)}.` : 'It is kept already.');
}

/** Keep, for a proven change whose lease still runs: then no lease's end takes it down. */
export async function keep(world: World<CallName>, c: Word): Promise<Answered> {
  const change = await legibleOf(world, c);
  if (typeof change === 'string') return nothing(change);
  if (change.step === 'kept') return keptBefore(change, c);
  if (!canKeep(change, world.now())) return nothing(standsAt[change.step] || 'Its lease has ended, or it is not proven yet.');
  const after = await advance(world, change.id, 'kept', c.by, 'a person keeps it beyond its lease');
  await claim(world, c, {
    key: `keep:${change.id}`,
    at: c.at,
    says: `${whoSays(c.by)} keeps it for good: "${change.plan.preview.join('; ')}"`,
  });
  return keptBefore(after, c);
}

/** Settled: whoever set it by hand says so, and nobody is called any more. Gatemedic writes nothing to the account. */
export async function settle(world: World<CallName>, c: Word): Promise<Answered> {
  const change = await changeOf(world, c);
  if (typeof change === 'string') return nothing(change);
  if (change.step !== 'stuck' && change.step !== 'settled') return nothing('This change is not stuck.');
  const after = await advance(world, change.id, 'settled', c.by, 'a person set it by hand');
  const by = after.entries.at(-1)?.by;
  if (by?.kind !== 'person' || by.id !== c.by.id)
    return nothing(`It was already settled${by?.kind === 'person' ? ` by ${person(by.id)}` : ''}.`);
  await claim(world, c, {
    key: `settle:${change.id}`,
    at: c.at,
    says: `${whoSays(c.by)} settled it by hand: "${change.plan.preview.join('; ')}"`,
  });
  return { did: 'settled', says: 'Settled: nobody is called for this change any more.' };
}
