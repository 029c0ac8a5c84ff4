// An incident as a person at a terminal has to know it: what it is, what it asks, what stands changed, and what may be ordered of each until
// when. Plain data, as `--json` prints it.
import { fixes } from '../fixes/index.ts';
import { canUndo, offersOf, undoUntilAt } from '../messages/buttons.ts';
import { headline, stageName } from '../messages/mood.ts';
import type { Act } from '../model/act.ts';
import type { Actor, ChangeRecord, Plan, Step } from '../model/change.ts';
import { toldDiagnosis, type Incident, type Question } from '../model/incident.ts';
import { byHand, moveOf, type Direction } from '../stages/changing/moves.ts';
import { tame } from './paper.ts';

export interface Proposed {
  readonly fix: string;
  readonly title: string;
  /** `from → to` in words, one a change. */
  readonly changes: readonly string[];
  readonly risk: string;
  readonly usdPerHour: number | null;
  readonly leaseMinutes: number | null;
  /** What of it cannot be taken back, in words. */
  readonly forGood: readonly string[];
  readonly byHand: readonly string[];
}
export interface Asked extends Proposed {
  readonly id: string;
  readonly hash: string;
  readonly state: Question['state'];
  readonly because: readonly string[];
  readonly expiresAt: string;
  /** How many different people must approve it, and who did so far. */
  readonly needs: number;
  readonly approvedBy: readonly string[];
}
export interface Made extends Proposed {
  readonly id: string;
  readonly hash: string;
  readonly incidentId: string;
  readonly step: Step;
  /** Who let it be made: a person, or nobody where it was made unasked. */
  readonly approvedBy: string | null;
  readonly madeAt: string | null;
  readonly leaseEndsAt: string | null;
  readonly undoUntilAt: string | null;
  /** What may be ordered of it now. */
  readonly offers: readonly Act[];
  /** Why its last step was taken, where it was not as hoped. */
  readonly why: string | null;
}
export interface Standing {
  readonly id: string;
  readonly stage: string;
  readonly says: string;
  readonly phase: Incident['phase'];
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly cause: string;
  readonly certainty: string;
  readonly question: Asked | null;
  readonly changes: readonly Made[];
}

/** A person approves what they could read: a change is shown whole. */
const mostShown = 8_000;

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
const actorWords = (actor: Actor): string => (actor.kind === 'person' ? (actor.name ?? actor.id) : actor.kind);

export interface Clocked {
  readonly now: number;
  readonly undoWindowMs: number;
}

export function standingOf(incident: Incident, changes: readonly ChangeRecord[], clocked: Clocked): Standing {
  const diagnosis = toldDiagnosis(incident);
  return {
    id: incident.id,
    stage: tame(stageName(incident), 120),
    says: tame(headline(incident, changes), 200),
    phase: incident.phase,
    openedAt: new Date(incident.openedAt).toISOString(),
    closedAt: iso(incident.closedAt),
    outcome: incident.outcome ?? null,
    cause: diagnosis?.cause ?? 'unknown',
    certainty: diagnosis?.certainty ?? 'unknown',
    question: incident.question ? askedOf(incident.question, incident, clocked.now) : null,
    changes: changes.map((change) => madeOf(change, clocked)),
  };
}

function proposedOf(plan: Plan, direction: Direction): Proposed {
  const fix = fixes.find((f) => f.id === plan.fix);
  return {
    fix: plan.fix,
    title: fix?.title ?? plan.fix,
    changes: plan.preview.map((p) => tame(p, mostShown)),
    risk: fix?.risk ?? 'not known: this version has no such fix',
    usdPerHour: plan.usdPerHour ?? null,
    leaseMinutes: plan.leaseMs === undefined ? null : Math.round(plan.leaseMs / 60_000),
    forGood: (plan.oneWay ?? []).map((text) => tame(text)),
    byHand: plan.changes.map((change) => commandOf(change, direction)),
  };
}

/** A change that this version cannot read has no command here. */
function commandOf(change: Plan['changes'][number], direction: Direction): string {
  try {
    return byHand(moveOf(change), direction);
  } catch {
    return `# a change of ${tame(change.setting, 80)} that this version cannot read: use the command line of the version that is installed`;
  }
}

function askedOf(question: Question, { decision }: Incident, now: number): Asked {
  const over = question.state === 'pending' && question.expiresAt <= now;
  return {
    id: question.id,
    hash: question.plan.hash,
    state: over ? 'expired' : question.state,
    because: (decision?.do === 'ask' ? decision.because : []).map((text) => tame(text)),
    expiresAt: new Date(question.expiresAt).toISOString(),
    needs: question.needs ?? 1,
    approvedBy: (question.approvals ?? []).map(({ by }) => actorWords(by)),
    ...proposedOf(question.plan, 'apply'),
  };
}

function madeOf(change: ChangeRecord, { now, undoWindowMs }: Clocked): Made {
  const last = change.entries.at(-1);
  const undo = canUndo(change, undoWindowMs, now);
  const made = change.entries.find((e) => e.step === 'applied' || e.step === 'applying');
  return {
    id: change.id,
    hash: change.plan.hash,
    incidentId: change.incidentId,
    step: change.step,
    approvedBy: change.approvedBy ? actorWords(change.approvedBy) : null,
    madeAt: iso(made?.at),
    leaseEndsAt: iso(change.leaseEndsAt),
    undoUntilAt: undo ? iso(undoUntilAt(change, undoWindowMs)) : null,
    offers: offersOf(change, undoWindowMs, now),
    why: last?.why === undefined ? null : tame(last.why),
    ...proposedOf(change.plan, 'undo'),
  };
}

/** A person's decision is wanted, or may be given. */
export const isOpen = ({ phase, question, changes }: Standing): boolean =>
  phase === 'live' || question?.state === 'pending' || changes.some((c) => c.offers.length > 0);
