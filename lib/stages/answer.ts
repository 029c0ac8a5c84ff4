// Answer: what a person decided. One conditional write on the row decides; the token only wakes the machine. A second, late, expired, foreign
// or simultaneous click changes nothing, and whoever pressed is told in a plain sentence what became of it.
import type { CallName } from '../aws/calls.ts';
import { hashOf } from '../journal/hash.ts';
import type { Act } from '../model/act.ts';
import type { Incident, Question } from '../model/incident.ts';
import type { WatchedStage } from '../model/installation.ts';
import { isArn, samePerson } from '../model/person.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';
import { whisperMessage } from '../messages/thread.ts';
import { clock, code, person, untagged } from '../messages/text.ts';
import { whoSays, wordOf, type Person, type Word } from './answering/word.ts';
import { keep, settle, undo } from './telling/answer-change.ts';
import { tried } from './telling/outbox.ts';
import { click, type Click, type SlackClick, stage, timestamp } from './stage.ts';
import { tellSlack } from './tell.ts';

/** What came of a click, and the sentence its person reads. */
export interface Answered {
  readonly did: 'approved' | 'dismissed' | 'undo' | 'kept' | 'settled' | 'nothing';
  readonly says: string;
}
const nothing = (says: string): Answered => ({ did: 'nothing', says });

/** Why this message, or this incident, is not one to decide on; undefined when it is. */
function notHere(world: World<CallName>, c: Click, incident: Incident | undefined): string | undefined {
  const { accountId, region } = world.installation;
  // a change outlives its incident, and may have to be settled all the same
  if (!incident) return c.origin === 'command' && !isAnswer(c.act) ? undefined : 'This incident is no longer kept; nothing was changed.';
  const { at, message } = incident;
  if (at.accountId !== accountId || at.region !== region)
    return `This incident is of ${at.region} in account ${at.accountId}; this installation is of ${region} in account ${accountId}. Nothing was changed.`;
  if (c.origin === 'slack' && (message?.ts !== c.messageTs || message.channel !== c.channel))
    return 'This message was superseded by a newer one of the same incident; please use the buttons there. Nothing was changed.';
  return undefined;
}

const states = { approve: 'approved', dismiss: 'dismissed' } as const;
type Decided = (typeof states)[keyof typeof states];
const isAnswer = (act: Act): act is keyof typeof states => Object.hasOwn(states, act);

/** The same word, delivered again. */
const redelivered = (q: Question, c: Word, to: Decided): boolean =>
  q.state === to && q.decidedAt === c.at && q.by?.kind === 'person' && q.by.id === c.by.id;

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
  return `${what}; nothing was changed.`;
}

/** Why the question cannot be answered any more. */
function tooLate(incident: Incident, c: Word, { now, stages }: { now: number; stages: readonly WatchedStage[] }): string | undefined {
  const { question: q, phase } = incident;
  if (!q || q.id !== c.about) return 'This question was replaced by a newer one; nothing was changed.';
  if (q.state !== 'pending') return overWords(q, now);
  // the hash alone could be kept beside other changes: it must be theirs, too
  if (q.plan.hash !== c.hash || hashOf(q.plan.fix, q.plan.changes) !== q.plan.hash)
    return 'The proposal is no longer the one you saw; nothing was changed.';
  if (q.expiresAt <= now) return 'The question has expired; if the stage still fails it is asked again. Nothing was changed.';
  if (phase !== 'live') return 'The incident is closed; nothing was changed.';
  const watched = stages.some((s) => s.apiId === incident.at.apiId && s.stage === incident.at.stage);
  return watched || c.act !== 'approve'
    ? undefined
    : `The stage ${code(`${incident.at.apiId}/${incident.at.stage}`)} is not in the settings any more; list it under stages again before anything is changed there. Nothing was changed.`;
}

/** Whether the row says yet what this click wants to say: the same yes, delivered again. */
const counted = (q: Question, c: Word): boolean => q.approvals?.some((a) => a.by.id === c.by.id && a.at === c.at) === true;

/** A yes of a person who said yes before makes no second person. */
const alone = (q: Question, c: Word): string | undefined =>
  q.approvals?.some((a) => samePerson(a.by.id, c.by.id))
    ? `You approved this already; it takes ${q.needs ?? 1} different people${isArn(c.by.id) ? ', and two sessions of one role are one' : ''}. Nothing was changed.`
    : undefined;

function decided(incident: Incident, c: Word, to: Decided): Incident {
  const { question } = incident;
  if (!question) return incident;
  const { by } = c;
  const approvals = to === 'approved' ? [...(question.approvals ?? []), { by, at: c.at }] : question.approvals;
  const more = to === 'approved' ? (question.needs ?? 1) - (approvals?.length ?? 0) : 0;
  const what = more > 0 ? `approved as the first of ${question.needs ?? 1}` : to;
  const key = more > 0 ? `answer:${question.id}:${by.id}` : `answer:${question.id}`;
  const note = { key, at: c.at, says: `${whoSays(by)} ${what}: "${question.plan.preview.join('; ')}"` };
  return {
    ...incident,
    question: { ...question, ...(approvals ? { approvals } : {}), ...(more > 0 ? {} : { state: to, by, decidedAt: c.at }) },
    notes: [...incident.notes, note],
  };
}

/** The one conditional write: pending, the same question, the same changes, not expired. */
async function decide(world: World<CallName>, c: Word, to: Decided): Promise<Answered> {
  let late: string | undefined;
  const after = await rows.incident.update(world.store, c.incidentId, (incident) => {
    const { question } = incident;
    const again = question?.id === c.about && (redelivered(question, c, to) || (to === 'approved' && counted(question, c)));
    late = again
      ? undefined
      : (tooLate(incident, c, { now: world.now(), stages: world.installation.stages }) ??
        (question && to === 'approved' ? alone(question, c) : undefined));
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
        ? 'Approved: after a last look it is carried out, and proven then.'
        : 'Dismissed: nothing is changed, and this is not asked again.',
  };
}

async function act(world: World<CallName>, c: Click): Promise<{ readonly answered: Answered; readonly by?: Person }> {
  const word = await wordOf(world, c);
  if (typeof word === 'string') return { answered: nothing(word) };
  const incident = (await rows.incident.get(world.store, c.incidentId))?.value;
  const foreign = notHere(world, c, incident);
  return { answered: foreign === undefined ? await done(world, word) : nothing(foreign), by: word.by };
}

function done(world: World<CallName>, word: Word): Promise<Answered> {
  if (word.act === 'undo') return undo(world, word);
  if (word.act === 'keep') return keep(world, word);
  if (word.act === 'settle') return settle(world, word);
  return decide(world, word, states[word.act]);
}

/** A whisper that cannot be delivered undoes nothing: the decision stands in the row and on the card. */
async function whisper(world: World<CallName>, c: SlackClick, says: string): Promise<void> {
  const sent = await tried(() => world.slack.whisper(c.channel, c.userId, whisperMessage(says)));
  if (!sent.ok) world.log('whisper refused', { incidentId: c.incidentId, call: sent.error.call, kind: sent.error.kind });
}

async function run(world: World<CallName>, c: Click): Promise<Answered> {
  const { answered, by } = await act(world, c);
  const { did, says } = answered;
  const who = by?.id ?? (c.origin === 'slack' ? c.userId : 'not known');
  world.log('click', { incidentId: c.incidentId, origin: c.origin, act: c.act, about: c.about, userId: who, did, says });
  if (did !== 'nothing') await tellSlack(world, c.incidentId, `answer/${who}/${c.at}`);
  // whoever gave the order reads the answer itself, in a terminal
  if (c.origin === 'command') return { did, says: untagged(says) };
  await whisper(world, c, says);
  return answered;
}

export default stage({ id: 'answer', input: click, run });
