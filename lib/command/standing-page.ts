// Incidents as lines of text: worst news first in each, and the exact command for whatever may be ordered. A noun in, text out.
import { span, usd } from '../messages/text.ts';
import type { Act } from '../model/act.ts';
import { hanging, styled, type Paper } from './paper.ts';
import type { Asked, Made, Proposed, Standing } from './standing.ts';

/** `2026-05-04 04:12 UTC (in 58 min)`, `… (2 h ago)`. */
export function when(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  return `${iso.slice(0, 16).replace('T', ' ')} UTC (${ms >= 0 ? `in ${span(ms)}` : `${span(-ms)} ago`})`;
}

export function standingLines(standing: Standing, paper: Paper, now: number): readonly string[] {
  const { id, says, phase, openedAt, closedAt, cause, certainty, question, changes } = standing;
  const times = phase === 'live' || closedAt === null ? `open since ${when(openedAt, now)}` : `closed ${when(closedAt, now)}`;
  return [
    ...hanging(paper, '', says, 'bold'),
    ...hanging(paper, '  ', `${id} · ${times} · ${cause === 'unknown' ? 'cause unknown' : `${cause}, ${certainty}`}`, 'dim'),
    ...(question?.state === 'pending' ? questionLines(standing, question, paper, now) : []),
    ...changes.flatMap((change) => changeLines(change, paper, now)),
  ];
}

function questionLines({ id }: Standing, question: Asked, paper: Paper, now: number): readonly string[] {
  return [
    ...hanging(paper, '  asks: ', `${question.title}; open until ${when(question.expiresAt, now)}`),
    ...(question.needs > 1 ? peopleLines(question, paper) : []),
    ...question.because.flatMap((text) => hanging(paper, '    why asked: ', text, 'dim')),
    ...proposedLines(question, paper),
    ...commandLines(['approve', 'dismiss'], id, paper),
  ];
}

/** Where one person is not enough. */
export const peopleLines = ({ needs, approvedBy }: Asked, paper: Paper): readonly string[] =>
  hanging(
    paper,
    '    takes: ',
    `${needs} different people${approvedBy.length === 0 ? '' : `; approved so far by ${approvedBy.join(', ')}`}`,
  );

const stepWords: Partial<Record<Made['step'], string>> = { verified: 'made and proven', applied: 'made, not proven yet', stuck: 'STUCK' };

function changeLines(change: Made, paper: Paper, now: number): readonly string[] {
  const until = [
    ...(change.leaseEndsAt !== null && change.offers.includes('keep') ? [`its lease ends ${when(change.leaseEndsAt, now)}`] : []),
    ...(change.undoUntilAt === null ? [] : [`Undo until ${when(change.undoUntilAt, now)}`]),
  ];
  const by = change.madeAt === null ? [] : [change.approvedBy === null ? 'unasked' : `approved by ${change.approvedBy}`];
  const head = [stepWords[change.step] ?? change.step, ...by, ...until].join(' · ');
  return [
    ...hanging(paper, '  change: ', `${change.title} (${change.id}) · ${head}`),
    ...movedLines(change),
    ...(change.step === 'stuck'
      ? [...(change.why === null ? [] : hanging(paper, '    why: ', change.why)), ...handLines(change, paper)]
      : []),
    ...commandLines(change.offers, change.id, paper),
  ];
}

/** What is shown before an order: what moves, what it costs, what can go wrong, and how a hand would do it. */
export const proposedLines = (proposed: Proposed, paper: Paper): readonly string[] => [
  ...movedLines(proposed),
  ...hanging(paper, '    costs: ', costWords(proposed)),
  ...hanging(paper, '    risk: ', proposed.risk),
  ...proposed.forGood.flatMap((text) => hanging(paper, '    cannot be taken back: ', text)),
  ...handLines(proposed, paper),
];

/** Whole, and never wrapped: it is what is decided. */
const movedLines = ({ changes }: Proposed): readonly string[] => changes.map((text) => `    • ${text}`);

function costWords({ usdPerHour, leaseMinutes }: Proposed): string {
  const lease = leaseMinutes === null ? '' : `, for ${span(leaseMinutes * 60_000)}, then looked at and taken down`;
  return `${usdPerHour === null ? 'nothing' : `${usd(usdPerHour)} an hour`}${lease}`;
}

/** Never wrapped: it is copied. */
const handLines = ({ byHand }: Proposed, paper: Paper): readonly string[] => [
  ...hanging(paper, '    ', 'by hand:', 'dim'),
  ...byHand.flatMap((code) => code.split('\n')).map((line) => `      ${line}`),
];

const commandLines = (acts: readonly Act[], about: string, paper: Paper): readonly string[] =>
  acts.map((act) => `    ${styled(paper, 'cyan', `gatemedic ${act} ${about}`)}`);
