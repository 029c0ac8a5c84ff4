// Answer: what a person decided. One conditional write on the row decides; the token only wakes the machine. A second, late, expired, foreign
// or simultaneous click changes nothing, and whoever pressed is told in a plain sentence what became of it.
import type { CallName } from '../aws/calls.ts';
import { hashOf } from '../journal/hash.ts';
import type { Incident, Question } from '../model/incident.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { whisperMessage } from '../messages/thread.ts';
import { clock, person } from '../messages/text.ts';
import { keep, settle, undo } from './telling/answer-change.ts';
import { tried } from './telling/outbox.ts';
import { click, type Click, stage, timestamp } from './stage.ts';
import { tellSlack } from './tell.ts';

/** What came of a click, and the sentence its person reads. */
export interface Answered {
  readonly did: 'approved' | 'dismissed' | 'undo' | 'kept' | 'settled' | 'nothing';
  readonly says: string;
}
const nothing = (says: string): Answered => ({ did: 'nothing', says });

/** Why this person, or this message, has no say; undefined when it has. */
function notTheirs(world: World<CallName>, c: Click, incident: Incident | undefined): string | undefined {
  const { approvers, slack } = world.installation;
  if (c.teamId !== slack.teamId) return 'Only people of this workspace can decide here; nothing was changed.';
  if (!approvers.includes(c.userId))
    return `You are not on the list of approvers, so nothing was changed. Approvers: ${approvers.map(person).join(' ') || 'nobody yet'}.`;
  if (!incident) return 'This incident is no longer kept; nothing was changed.';
  const { message } = incident;
  if (message?.ts !== c.messageTs || message.channel !== c.channel)
    return 'This message was superseded by a newer one of the same incident; please use the buttons there. Nothing was changed.';
  return undefined;
}

const states = { approve: 'approved', dismiss: 'dismissed' } as const;
type Decided = (typeof states)[keyof typeof states];

/** The same click, delivered again. */
const redelivered = (q: Question, c: Click, to: Decided): boolean =>
  q.state === to && q.decidedAt === c.at && q.by?.kind === 'person' && q.by.id === c.userId;

function overWords(q: Question, now: number): string {
  const by = q.by?.kind === 'person' ? ` by ${person(q.by.id)}` : '';
  const at = q.decidedAt === undefined ? '' : ` at ${clock(q.decidedAt, now)}`;
  const what = {
    pending: '',
    approved: `It was already approved${by}${at}`,
    dismissed: `It was already dismissed${by}${at}`,
    expired: 'The question has expired',
    withdrawn: `The question was withdrawn${at}: it was settled without an answer`,
  }[q.state];
  return `${what}; your click changed nothing.`;
}

/** Why the question cannot be answered by this click. */
function tooLate(incident: Incident, c: Click, now: number): string | undefined {
  const { question: q, phase } = incident;
  if (!q || q.id !== c.about) return 'This question was replaced by a newer one; your click changed nothing.';
  if (q.state !== 'pending') return overWords(q, now);
  // the hash alone could be kept beside other changes: it must be theirs, too
  if (q.plan.hash !== c.hash || hashOf(q.plan.fix, q.plan.changes) !== q.plan.hash)
    return 'The proposal is no longer the one you saw; your click changed nothing.';
  if (q.expiresAt <= now) return 'The question has expired; if the stage still fails it is asked again. Your click changed nothing.';
  return phase === 'live' ? undefined : 'The incident is closed; your click changed nothing.';
}

/** Whether the row says yet what this click wants to say: the same yes, delivered again. */
const counted = (q: Question, c: Click): boolean => q.approvals?.some((a) => a.by.id === c.userId && a.at === c.at) === true;

/** A yes of a person who said yes before makes no second person. */
const alone = (q: Question, c: Click): string | undefined =>
  q.approvals?.some((a) => a.by.id === c.userId)
    ? `You approved this already; it takes ${q.needs ?? 1} different people. Your click changed nothing.`
    : undefined;

function decided(incident: Incident, c: Click, to: Decided): Incident {
  const { question } = incident;
  if (!question) return incident;
  const by = { kind: 'person', id: c.userId, name: c.userName } as const;
  const approvals = to === 'approved' ? [...(question.approvals ?? []), { by, at: c.at }] : question.approvals;
  const more = to === 'approved' ? (question.needs ?? 1) - (approvals?.length ?? 0) : 0;
  const what = more > 0 ? `approved as the first of ${question.needs ?? 1}` : to;
  const key = more > 0 ? `answer:${question.id}:${c.userId}` : `answer:${question.id}`;
  const note = { key, at: c.at, says: `"${c.userName}" ${what}: "${question.plan.preview.join('; ')}"` };
  return {
    ...incident,
    question: { ...question, ...(approvals ? { approvals } : {}), ...(more > 0 ? {} : { state: to, by, decidedAt: c.at }) },
    notes: [...incident.notes, note],
  };
}

/** The one conditional write: pending, the same question, the same changes, not expired. */
async function decide(world: World<CallName>, c: Click, to: Decided): Promise<Answered> {
  let late: string | undefined;
  const after = await rows.incident.update(world.store, c.incidentId, (incident) => {
    const { question } = incident;
    const again = question?.id === c.about && (redelivered(question, c, to) || (to === 'approved' && counted(question, c)));
    late = again ? undefined : (tooLate(incident, c, world.now()) ?? (question && to === 'approved' ? alone(question, c) : undefined));
    return again || late !== undefined ? undefined : decided(incident, c, to);
  });
  if (late !== undefined) return nothing(late);
  if (after?.question?.state === 'pending') return { did: to, says: 'Approved, as the first of two: another person must approve it too.' };
  const token = after?.question?.taskToken;
  if (token !== undefined) await world.workflow.wake(token, { incidentId: c.incidentId, next: 'decide', untilAt: timestamp(world.now()) });
  return {
    did: to,
    says:
      to === 'approved'
        ? 'Approved: it is carried out now, and proven afterwards.'
        : 'Dismissed: nothing is changed, and this is not asked again.',
  };
}

async function act(world: World<CallName>, c: Click): Promise<Answered> {
  const incident = (await rows.incident.get(world.store, c.incidentId))?.value;
  const foreign = notTheirs(world, c, incident);
  if (foreign !== undefined) return nothing(foreign);
  if (c.act === 'undo') return undo(world, c);
  if (c.act === 'keep') return keep(world, c);
  if (c.act === 'settle') return settle(world, c);
  return decide(world, c, states[c.act]);
}

/** A whisper that cannot be delivered undoes nothing: the decision stands in the row and on the card. */
async function whisper(world: World<CallName>, c: Click, says: string): Promise<void> {
  const sent = await tried(() => world.slack.whisper(c.channel, c.userId, whisperMessage(says)));
  if (!sent.ok) world.log('whisper refused', { incidentId: c.incidentId, call: sent.error.call, kind: sent.error.kind });
}

async function run(world: World<CallName>, c: Click): Promise<Answered> {
  const answered = await act(world, c);
  world.log('click', { incidentId: c.incidentId, act: c.act, about: c.about, userId: c.userId, did: answered.did, says: answered.says });
  if (answered.did !== 'nothing') await tellSlack(world, c.incidentId, `answer/${c.userId}/${c.at}`);
  await whisper(world, c, answered.says);
  return answered;
}

export default stage({ id: 'answer', input: click, run });
