// The card's lower half: what is proposed, what was done and by whom, what it costs, what can go wrong, and how to make it last in code.
import type { Act } from '../model/act.ts';
import type { Snippet } from '../model/cause.ts';
import type { Actor, ChangeRecord, Plan, Step } from '../model/change.ts';
import type { Incident, Question } from '../model/incident.ts';
import type { Shadow } from '../model/shadow.ts';
import type { Installation } from '../model/installation.ts';
import { type Block, context, lines, section } from './blocks.ts';
import { changeButtons, leaseWords, offersOf, questionButtons } from './buttons.ts';
import { asksToKeep } from './mood.ts';
import { ownerLine } from './owner.ts';
import { clock, code, fence, person, plain, sentence, short, span, usd } from './text.ts';
import { fixTitle, type Words } from './why.ts';

export interface Shown {
  readonly installation: Installation;
  readonly now: number;
  readonly words: Words;
}

const actorWords = (actor: Actor | undefined): string => {
  if (!actor || actor.kind === 'gatemedic') return 'Gatemedic';
  if (actor.kind === 'person') return person(actor.id);
  return actor.kind === 'lease' ? 'the end of its lease' : 'the sweeper';
};

const previewLines = (plan: Plan): readonly string[] => plan.preview.slice(0, 5).map((p) => `• ${code(p, 400)}`);

function costWords(plan: Plan, leaseEndsAt: number | undefined, now: number): readonly string[] {
  const { usdPerHour, leaseMs } = plan;
  const lease = leaseWords(plan, leaseEndsAt, now);
  if (usdPerHour === undefined) return lease === '' ? ['costs nothing'] : [lease];
  const most = leaseMs === undefined ? '' : ` (${usd((usdPerHour * leaseMs) / 3_600_000)} a lease)`;
  return [`costs ${usd(usdPerHour)} an hour${most}`, ...(lease === '' ? [] : [lease])];
}

function riskLine(plan: Plan, s: Shown): readonly string[] {
  const risk = s.words.fix(plan.fix)?.risk;
  return risk === undefined ? [] : [`Risk: ${plain(risk, 300)}`];
}

/** How many people it takes, and who said yes so far. */
function peopleLine({ needs = 1, approvals = [] }: Question): readonly string[] {
  if (needs < 2) return [];
  const so = approvals.length === 0 ? 'nobody has approved yet' : `approved so far by ${approvals.map((a) => person(a.by.id)).join(' ')}`;
  return [`*Takes ${needs} different people:* ${so}`];
}

/** The open question: the change, the price, the risk, who may answer until when, the buttons. */
export function questionBlocks(incident: Incident, s: Shown): readonly Block[] {
  const { question } = incident;
  if (question?.state !== 'pending' || incident.phase !== 'live') return [];
  const { plan } = question;
  return [
    section(lines([`*Proposed: ${plain(fixTitle(plan.fix, s.words), 150)}*`, ...previewLines(plan)])),
    context([
      lines(
        [
          costWords(plan, undefined, s.now).join(' · '),
          ...riskLine(plan, s),
          ...(plan.oneWay ? [`*Cannot be taken back:* ${sentence(plan.oneWay.join('; '), 300)}`] : []),
          ...(plan.owner ? [ownerLine(plan.owner)] : []),
          ...peopleLine(question),
          `${mayAnswer(s.installation, incident.id)} · open until ${clock(question.expiresAt, s.now)}`,
        ],
        2000,
      ),
    ]),
    ...(s.installation.receiver === 'none' ? [commandBlock(['approve', 'dismiss'], incident.id)] : questionButtons(incident)),
  ];
}

/** Where nothing of Slack's comes in: the exact commands instead of buttons. */
const commandBlock = (acts: readonly Act[], about: string): Block =>
  section(lines(['*By the command line:*', ...acts.map((act) => code(`gatemedic ${act} ${about}`, 200))]));

/** Who may answer, of Slack and by the command line. */
function mayAnswer({ approvers, approverArns = [], receiver }: Installation, incidentId: string): string {
  const byCommand = approverArns.slice(0, 10).map(short).join(' ');
  const ofSlack = approvers.slice(0, 10).map(person).join(' ');
  if (receiver === 'none') return byCommand === '' ? 'Nobody may approve: no approverArns are set' : byCommand;
  if (ofSlack === '' && byCommand === '') return 'Nobody may approve: no approvers are set';
  const command = byCommand === '' ? '' : `${code(`gatemedic approve ${incidentId}`, 200)} by ${byCommand}`;
  return [ofSlack, command].filter((t) => t !== '').join(' or ');
}

const answers: Readonly<Record<Exclude<Question['state'], 'pending'>, string>> = {
  approved: 'Approved',
  dismissed: 'Dismissed',
  expired: 'Nobody answered in time',
  withdrawn: 'Question withdrawn: it was settled without you',
};

/** Who decided the last question, and when. */
export function answerLine(question: Question | undefined, now: number): readonly string[] {
  if (!question || question.state === 'pending') return [];
  const people = question.state === 'approved' && question.approvals ? question.approvals.map((a) => a.by) : [question.by];
  const names = people.flatMap((p) => (p?.kind === 'person' ? [person(p.id)] : []));
  const by = names.length > 0 ? ` by ${names.join(' and ')}` : '';
  const at = question.decidedAt === undefined ? '' : ` at ${clock(question.decidedAt, now)}`;
  const what = question.state === 'withdrawn' && by !== '' ? 'Not carried out, though approved' : answers[question.state];
  return [`${what}${by}${at}: ${code(question.plan.preview.join(' · '), 200)}`];
}

const stepWords: Readonly<Record<Step, string>> = {
  planned: 'about to be made',
  dropped: 'not made',
  applying: 'being made',
  applied: 'made, waiting for proof',
  verified: 'made and proven',
  kept: 'made and kept',
  failed: 'did not help',
  undoing: 'being taken back',
  undone: 'taken back',
  stuck: 'STUCK: a person has to set it by hand',
  settled: 'settled by a person',
};

function madeWords(change: ChangeRecord, now: number): readonly string[] {
  const made = change.entries.find((e) => e.step === 'applied' || e.step === 'applying');
  if (!made) return [];
  const approved = change.approvedBy?.kind === 'person';
  const people = change.approvals?.map((a) => a.by) ?? [change.approvedBy];
  return [`${approved ? `approved by ${people.map(actorWords).join(' and ')}` : 'by Gatemedic, unasked,'} at ${clock(made.at, now)}`];
}

/** Steps that end a change's good days; who took them is worth a word. */
const endings: Partial<Record<Step, string>> = {
  dropped: 'not made',
  failed: 'found not to help',
  undoing: 'undo begun',
  undone: 'taken back',
  stuck: 'stuck',
  kept: 'kept for good',
  settled: 'settled',
};

function historyLine(change: ChangeRecord, now: number): string {
  const last = change.entries.at(-1);
  const words = last && endings[last.step];
  const ended =
    last && words
      ? [`${words} by ${actorWords(change.entries.findLast((e) => e.step === 'undoing')?.by ?? last.by)} at ${clock(last.at, now)}`]
      : [];
  return [...madeWords(change, now), ...ended].join(' · ');
}

/** Why the last step was taken, where it was not as hoped. */
function whyLine(change: ChangeRecord): readonly string[] {
  const last = change.entries.at(-1);
  const unhoped: readonly Step[] = ['dropped', 'failed', 'stuck', 'undone', 'undoing'];
  return last?.why !== undefined && unhoped.includes(last.step) ? [sentence(last.why, 300)] : [];
}

const keepLine = (change: ChangeRecord, now: number): readonly string[] =>
  asksToKeep(change) && change.leaseEndsAt !== undefined
    ? [`*Its time is over and it is still in use.* Keep it for good, or it is taken down at ${clock(change.leaseEndsAt, now)}.`]
    : [];

const standing: readonly Step[] = ['applying', 'applied', 'verified', 'kept'];

function changeBlocks(change: ChangeRecord, s: Shown): readonly Block[] {
  const { plan } = change;
  const stands = standing.includes(change.step);
  const paid =
    stands && (plan.usdPerHour !== undefined || plan.leaseMs !== undefined)
      ? [costWords(change.step === 'kept' ? dropLease(plan) : plan, change.leaseEndsAt, s.now).join(' · ')]
      : [];
  const owner = stands && plan.owner ? [ownerLine(plan.owner)] : [];
  const meanwhile = stands && plan.relieves !== undefined ? [`meanwhile ${sentence(plan.relieves, 300)}`] : [];
  const small = [historyLine(change, s.now), ...meanwhile, ...paid, ...owner].filter((t) => t !== '');
  return [
    section(
      lines([
        `*Change: ${plain(fixTitle(plan.fix, s.words), 150)}* · ${stepWords[change.step]}`,
        ...previewLines(plan),
        ...whyLine(change),
        ...keepLine(change, s.now),
      ]),
    ),
    ...(small.length === 0 ? [] : [context([lines(small, 2000)])]),
    ...pressBlocks(change, s),
  ];
}

/** What a person may do about a change: buttons, or commands. */
function pressBlocks(change: ChangeRecord, { installation, now }: Shown): readonly Block[] {
  const { undoWindowMs, receiver } = installation;
  if (receiver !== 'none') return changeButtons(change, undoWindowMs, now);
  const offers = offersOf(change, undoWindowMs, now);
  return offers.length === 0 ? [] : [commandBlock(offers, change.id)];
}

function dropLease(plan: Plan): Plan {
  const { leaseMs: _, ...rest } = plan;
  return rest;
}

/** At most the last three changes; older ones are in the thread. */
export const changesBlocks = (changes: readonly ChangeRecord[], s: Shown): readonly Block[] =>
  changes.slice(-3).flatMap((c) => changeBlocks(c, s));

/** What a person is advised to do, when nothing is to be changed by Gatemedic. */
export function adviceBlocks(incident: Incident): readonly Block[] {
  const { decision } = incident;
  const advice = decision?.do === 'advise' || decision?.do === 'ask' ? decision.advice : undefined;
  if (!advice) return [];
  const steps = advice.steps.slice(0, 6).map((step, n) => `${n + 1}. ${sentence(step, 400)}`);
  return [section(lines([`*What to do:* ${sentence(advice.summary, 500)}`, ...steps]))];
}

const snippetMaxLines = 14;

function snippetBlock(label: string, snippet: Snippet): Block {
  const all = snippet.code.split('\n');
  const cutShort = all.length > snippetMaxLines ? [...all.slice(0, snippetMaxLines), '…'] : all;
  return section(`*${label}:* ${plain(snippet.title, 150)}\n${fence(cutShort.join('\n'), 1800)}`);
}

/** How to make it last in code: from the change that stands, the question, or the advice. */
export function snippetBlocks(incident: Incident, changes: readonly ChangeRecord[]): readonly Block[] {
  const stands = changes.findLast((c) => standing.includes(c.step))?.plan;
  const asked = incident.question?.state === 'pending' ? incident.question.plan : undefined;
  const advised = incident.decision?.do === 'advise' ? incident.decision.advice : undefined;
  const planned = (stands ?? asked)?.snippets[0];
  if (planned) return [snippetBlock('Make it last', planned)];
  const looked = advised?.snippets[0];
  return looked ? [snippetBlock('By hand', looked)] : [];
}

/** `waits until 14:08 · the stack is being updated`: why nothing more is done right now. */
export function reasonLines(incident: Incident, now: number): readonly string[] {
  const { decision, phase } = incident;
  if (!decision || phase === 'closed') return [];
  const because = decision.because.slice(0, 3).map((b) => sentence(b, 250));
  const wait = decision.do === 'wait' ? [`looks again at ${clock(decision.untilAt, now)}`] : [];
  return because.length + wait.length === 0 ? [] : [`Why: ${[...because, ...wait].join(' · ')}`];
}

const wouldWords: Readonly<Record<Shadow['would'], string>> = {
  act: 'would have made this change by itself',
  ask: 'would have asked before this change',
  wait: 'would have waited before this change',
  advise: 'would have advised only',
};

/** What mode `act` would have done, where a plan was there: so that its judgement can be watched before it is trusted. */
export function shadowLines({ shadow }: Incident, now: number): readonly string[] {
  if (!shadow?.plan) return [];
  const { would, at, plan, against } = shadow;
  const why = against.slice(0, 3).map((o) => sentence(o.says, 200));
  const because = why.length === 0 ? '' : `, because: ${why.join(' · ')}`;
  return [`In mode act it ${wouldWords[would]} (${clock(at, now)}): ${code(plan.preview.join(' · '), 200)}${because}`];
}

/** How long the incident lasted, once it is over. */
export const closedWords = (incident: Incident): string =>
  incident.closedAt === undefined ? '' : `closed ${span(incident.closedAt - incident.firstFailureAt)} after the first failure`;
