// An incident: one stage in trouble, from its first failure until it is closed. One item in the store.
import type { StageRef } from './api.ts';
import type { Diagnosis } from './cause.ts';
import type { Actor, Approval, Decision, Outcome, Plan } from './change.ts';
import type { Shadow } from './shadow.ts';
import type { LogLine } from './signal.ts';

export interface Incident {
  /** Also the execution's name: `inc-…`, at most 80 characters. */
  readonly id: string;
  readonly at: StageRef;
  /** The parent of an outage has `at` of the account and this list of stage keys. */
  readonly outageOf?: readonly string[];
  /** Set on a stage's incident that became part of an outage: it ends silently. */
  readonly parentId?: string;
  /** Listed by the owner; others are diagnosed and advised on, never changed. */
  readonly watched: boolean;
  readonly phase: 'live' | 'closed';
  readonly openedAt: number;
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
  readonly failures: number;
  readonly signals: number;
  /** When a later signal was last merged into this row: at most once a minute. */
  readonly signalAt?: number;
  /** Keys of the signals merged last, newest first: a redelivery counts nothing twice. */
  readonly recentKeys?: readonly string[];
  readonly from: 'alarm' | 'log';
  readonly lines: readonly LogLine[];
  /** Investigations so far. */
  readonly rounds: number;
  /** The latest look. */
  readonly diagnosis?: Diagnosis;
  /** The last look that named a cause: what is told once the stage no longer shows it. */
  readonly named?: Diagnosis;
  /** The first look that did not find the named cause any more; absent while it is found. */
  readonly goneAt?: number;
  readonly firstDiagnosedAt?: number;
  readonly decision?: Decision;
  /** What mode `act` would have done, where the mode is another. */
  readonly shadow?: Shadow;
  readonly question?: Question;
  /** Fixes a person dismissed: neither made nor asked again in this incident, however the plan grows with what becomes known. */
  readonly dismissed?: readonly string[];
  /** Change ids, oldest first. */
  readonly changes: readonly string[];
  readonly outcome?: Outcome;
  readonly closedAt?: number;
  /** The last outcome that will stand when the incident closes by itself. */
  readonly standing?: Outcome;
  /** Who removed the grant, when the trail came late: shown, never acted on. */
  readonly notes: readonly Note[];
  /** Keys of the steps published to the topic, so that each is told once. */
  readonly toldSteps?: readonly string[];
  readonly message?: { readonly channel: string; readonly ts: string; readonly hash?: string };
}

/**
 * The diagnosis a person reads: the latest, unless it found nothing any more, or only says more weakly what was known; then what was found
 * while the stage failed.
 */
export function toldDiagnosis(incident: Pick<Incident, 'diagnosis' | 'named' | 'goneAt' | 'decision'>): Diagnosis | undefined {
  const { diagnosis, named, goneAt, decision } = incident;
  if (goneAt !== undefined && diagnosis?.cause !== 'unknown') return named ?? diagnosis;
  const calm = diagnosis?.failing !== true || (decision?.do === 'wait' && decision.passing === true);
  const faded = diagnosis?.cause === 'unknown' || (named?.cause === diagnosis?.cause && diagnosis?.certainty === 'suspected');
  return faded && calm ? (named ?? diagnosis) : diagnosis;
}

/** A look as an incident remembers it. */
export interface Remembered {
  readonly diagnosis: Diagnosis;
  readonly named?: Diagnosis;
  readonly goneAt?: number;
}

/**
 * What to remember of a look. A cause that was confirmed and is gone now was mended by somebody: until something fails after that, whatever
 * else would explain the failures explains the old ones, so it is a suspicion at most and does not take the name away.
 */
export function remembered(before: Pick<Incident, 'named' | 'goneAt'>, look: Diagnosis, lastFailedAt: number): Remembered {
  const { named } = before;
  const gone = named !== undefined && look.cause !== named.cause && !confirms(look, named.cause);
  const goneAt = gone ? (before.goneAt ?? look.at) : undefined;
  const since = goneAt === undefined ? {} : { goneAt };
  if (look.cause === 'unknown') return { diagnosis: look, ...(named ? { named } : {}), ...since };
  if (goneAt !== undefined && named?.certainty === 'confirmed' && lastFailedAt <= goneAt)
    return { diagnosis: look.certainty === 'confirmed' ? { ...look, certainty: 'suspected' } : look, named, goneAt };
  const better = named?.cause === look.cause && named.certainty === 'confirmed' ? named : look;
  return { diagnosis: look, named: better };
}
const confirms = (look: Diagnosis, cause: string): boolean => look.suspects.some((s) => s.id === cause && s.verdict.is === 'confirmed');

/** A line of the incident's history, shown in the message's thread; `key` makes it idempotent. */
export interface Note {
  readonly key: string;
  readonly at: number;
  readonly says: string;
  readonly told?: boolean;
}

/** What a person was asked; the decision is one conditional write on the incident. */
export interface Question {
  readonly id: string;
  readonly plan: Plan;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly state: 'pending' | 'approved' | 'dismissed' | 'expired' | 'withdrawn';
  readonly by?: Actor;
  readonly decidedAt?: number;
  /** How many different people must approve; one where not said. */
  readonly needs?: number;
  /** Who approved so far, while more are needed and after. */
  readonly approvals?: readonly Approval[];
  /** Only wakes the machine. Never leaves the store. */
  readonly taskToken?: string;
}

/** What the stage's row keeps of its incident: enough to write the incident again after a crash between the two writes. */
export interface LiveStage {
  readonly incidentId: string;
  readonly openedAt: number;
  readonly at?: StageRef;
  readonly from?: 'alarm' | 'log';
  readonly firstAt?: number;
  readonly lastAt?: number;
}

/** The row that makes "one live incident per stage" a conditional write. */
export interface StageRow {
  readonly key: string;
  readonly live?: LiveStage;
  readonly lastClosedAt?: number;
  /** Close times of the last day, newest first: "the burst came back". */
  readonly closedAts: readonly number[];
  /** When executions of this stage ended before their time, one after the other, newest first. */
  readonly sweptAts?: readonly number[];
}

/** The note by which everybody sees that the sweeper closed an incident: its execution failed, timed out or was aborted. */
export const sweptKey = 'swept';
export const wasSwept = (incident: Incident): boolean => incident.notes.some((note) => note.key === sweptKey);

const restStartsMs = 5 * 60_000;
const restEndsMs = 60 * 60_000;
/**
 * Until when no new incident is opened for a stage whose executions break off: one that broke is tried again at once, from the
 * second on it rests, twice as long each time and an hour at most. A role that was denied something must not start executions without end.
 */
export function restsUntil(row: StageRow | undefined): number {
  const [last, ...before] = row?.sweptAts ?? [];
  if (last === undefined || before.length === 0) return 0;
  return last + Math.min(restStartsMs * 2 ** (before.length - 1), restEndsMs);
}
