// A change, the fix that plans it, the decision about it, and the journal of what became of it.
import type { StageRef } from './api.ts';
import type { Advice, CauseId, Diagnosis, Snippet } from './cause.ts';
import type { EvidenceKind, EvidenceSet, Gathered } from './evidence.ts';
import type { Hours } from './hours.ts';
import type { Owner } from './kinds/ownership.ts';
import type { Result } from './result.ts';

export type SettingId = string;
export type FixId = string;

/** `absent` is a value like any other: a missing policy statement, no provisioned concurrency. */
export const absent = 'absent';

/** One setting of one target, moved from one value to another. Plain JSON. */
export interface Change {
  readonly setting: SettingId;
  readonly target: unknown;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Plan {
  readonly fix: FixId;
  readonly cause: CauseId;
  readonly changes: readonly Change[];
  /** sha256 over fix and changes (canonical JSON): what an approval binds to. */
  readonly hash: string;
  /** One line a change: `from → to` in words. */
  readonly preview: readonly string[];
  readonly usdPerHour?: number;
  /** How long it stays before it is looked at and taken back; absent is for good. */
  readonly leaseMs?: number;
  /** How to make it last in code: in the owner's language first, where the owner is known. */
  readonly snippets: readonly Snippet[];
  /** Whose code the changed resource is deployed from. */
  readonly owner?: Owner;
  /** What of it cannot be taken back, in words: then no Undo is offered, and it is never made unasked. */
  readonly oneWay?: readonly string[];
  /** It heals nothing: it makes evidence visible, and is proven once it is in force. */
  readonly gains?: true;
  /** It relieves and mends nothing: what callers meet while it stands. */
  readonly relieves?: string;
}

/**
 * How a fix is consented to. `unasked`: within the guards, where the owner says nothing; `allowed`: asked, unless the owner allows it
 * unasked; `asked`: always asked; `two-person`: two different people approve.
 */
export type Consent = 'unasked' | 'allowed' | 'asked' | 'two-person';

/** A role of its own for writes that IAM cannot narrow to a field: carry-out takes it for these calls alone. */
export type Hand = 'function-configuration' | 'role-policies' | 'security-groups';

/** A reason a fix does not apply: a value, not an error. */
export interface Refusal {
  readonly reason: string;
}

/** A reason against acting unasked. `wait` until then and look again; `ask` a person; `advise` only. */
export interface Objection<I extends string = string> {
  readonly id: I;
  readonly lowersTo: 'wait' | 'ask' | 'advise';
  readonly says: string;
  readonly untilAt?: number;
}

/** Reads the current value of a setting, for a plan. `absent` where there is none. */
export type ReadSetting = (setting: SettingId, target: unknown) => Promise<Result<{ value: unknown }, Refusal>>;

export interface PlanInput<K extends EvidenceKind> {
  /** The incident's: a token made of it names what this plan makes (a deployment, a version). */
  readonly id: string;
  readonly at: StageRef;
  readonly diagnosis: Diagnosis;
  readonly facts: unknown;
  readonly evidence: EvidenceSet<K>;
  readonly caps: Caps;
  readonly now: number;
  readonly read: ReadSetting;
}

/** Spending limits the owner set. */
export interface Caps {
  readonly usdPerHour: number;
  readonly usdPerDay: number;
  readonly warmEnvironments: number;
}

export interface UnaskedInput<K extends EvidenceKind> {
  readonly at: StageRef;
  readonly facts: unknown;
  readonly evidence: EvidenceSet<K>;
  readonly changes: readonly Change[];
  readonly now: number;
  readonly firstFailureAt: number;
  /** The newest failure known: how long the burst lasts is from the first to this, not until now. */
  readonly lastFailureAt: number;
  readonly deployPrincipals: readonly string[];
  /** How often this stage's incident came back within the last hour. */
  readonly returned: number;
}

export interface Fix<K extends EvidenceKind = EvidenceKind, O extends string = string> {
  /** kebab-case order, equal to the file name. */
  readonly id: FixId;
  readonly title: string;
  /** For docs/fixes.md: what it changes, what must be true before it runs unasked, what it costs. */
  readonly about: { readonly changes: string; readonly unasked?: string; readonly costs: string };
  readonly treats: readonly CauseId[];
  /** It treats no cause: it makes these kinds of evidence visible where they are not enabled and the cause is not confirmed. */
  readonly gains?: readonly EvidenceKind[];
  /** What callers meet while it stands, of a fix that relieves and mends nothing: then nobody is told that all is well again. */
  readonly relieves?: string;
  readonly settings: readonly SettingId[];
  /** One sentence: what can go wrong. */
  readonly risk: string;
  readonly consent: Consent;
  /** How long its proof may take. */
  readonly judgeMs: number;
  readonly cooldownMs: number;
  readonly leaseMs?: number;
  /** Evidence that planning and the objections read; gathered once a treated cause is confirmed. */
  readonly looksAt: readonly K[];
  plan(input: PlanInput<K>): Promise<Result<readonly Change[], Refusal>>;
  /** Every objection `unasked` may raise, in words; of a fix that may run unasked. */
  readonly objections?: Readonly<Record<O, string>>;
  /** What speaks against doing it unasked; pure. Empty: nothing does. */
  unasked?(input: UnaskedInput<K>): readonly Objection<O>[];
}
export const fix = <K extends EvidenceKind, O extends string>(f: Fix<K, O>): Fix<K, O> => f;

/** Everything a guard may look at; assembled once by decide. */
export interface Situation {
  readonly at: StageRef;
  readonly now: number;
  readonly diagnosis: Diagnosis;
  readonly evidence: Gathered;
  readonly plan: Plan;
  /** Whether the fix and its owner let it run unasked. */
  readonly fixUnasked: boolean;
  readonly mode: Mode;
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
  readonly watched: boolean;
  /** `unreadable` counts as on. */
  readonly killSwitch: 'off' | 'on' | 'unreadable';
  /** What the owner's change calendars say; `none` where there is none. `unreadable` counts as closed. */
  readonly freeze: 'none' | 'open' | 'closed' | 'unreadable';
  /** Functions the roles may write to: listed ARNs; a tag is checked by IAM itself. */
  readonly writable: boolean;
  /** The ARNs the plan writes to, and the targets its locks are taken on. */
  readonly writesTo: readonly string[];
  readonly keys: readonly string[];
  /** When unasked changes are allowed at all; always where the owner names no hours. */
  readonly unaskedHours: Hours | undefined;
  /** Changes of the last 24 h on this stage, or on one of the plan's targets whichever stage it was for, newest first. */
  readonly recent: readonly RecentChange[];
  /** Open changes, of any stage, that this version cannot read, each with why. */
  readonly unreadable: readonly string[];
  readonly cooldownMs: number;
  readonly stagesInTrouble: number;
  readonly outageStages: number;
  /** Changes that failed, got stuck or were taken back by Gatemedic within the last hour. */
  readonly failedLastHour: { readonly ofTheStage: number; readonly anywhere: number };
  /** Changes that were begun unasked within the last hour, in the whole installation. */
  readonly unaskedLastHour: number;
  readonly changesPerHour: number;
  /** How many deployed routes of the stage share the most shared of what the plan changes. */
  readonly routesShared: number;
  readonly sharedByRoutes: number;
  /** What carries the tag gatemedic:hands-off, by name. */
  readonly handsOff: readonly string[];
  /** Whose tags could not be read: whether they say hands off is not known. */
  readonly tagsUnread: readonly string[];
  /** What leases cost: those that stand now, and those of the last 24 hours with the rest of their time. */
  readonly spending: { readonly usdPerHour: number; readonly usdLastDay: number };
  readonly caps: Caps;
}
/** `at` and `by` are of its last step. */
export interface RecentChange {
  readonly id: string;
  readonly hash: string;
  readonly fix: FixId;
  readonly step: Step;
  readonly at: number;
  readonly by: Actor['kind'];
  /** The targets its locks were taken on. */
  readonly keys: readonly string[];
}

/** A reason not to act unasked, whatever the fix. It can only lower: act → wait → ask → advise. */
export interface Guard {
  readonly id: string;
  readonly title: string;
  /** Evidence it reads; gathered once there is something to plan. */
  readonly looksAt?: readonly EvidenceKind[];
  check(situation: Situation): Objection | undefined;
}
export const guard = (g: Guard): Guard => g;

export type Mode = 'observe' | 'ask' | 'act';

export type Decision = { readonly at: number; readonly because: readonly string[] } &
  /** `question`: the approved question it rests on; absent when nobody was asked. */
  (
    | { readonly do: 'act'; readonly plan: Plan; readonly question?: string }
    /** `advice`: what is suspected meanwhile, where the plan only makes more of it visible. */
    | { readonly do: 'ask'; readonly plan: Plan; readonly advice?: Advice }
    /** `passing`: nothing is known to be wrong and no failure is seen any more; it is watched whether that lasts. */
    | { readonly do: 'wait'; readonly untilAt: number; readonly plan?: Plan; readonly passing?: true }
    | { readonly do: 'advise'; readonly advice: Advice; readonly untilAt: number; readonly plan?: Plan }
    | { readonly do: 'close'; readonly outcome: Outcome }
  );

export const outcomes = ['fixed', 'asked', 'advised', 'none', 'undone', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

export type Actor =
  | { readonly kind: 'gatemedic' }
  | { readonly kind: 'person'; readonly id: string; readonly name?: string }
  | { readonly kind: 'lease' }
  | { readonly kind: 'sweeper' };

export const actors = ['gatemedic', 'person', 'lease', 'sweeper'] as const satisfies readonly Actor['kind'][];

export const steps = [
  'planned',
  'dropped',
  'applying',
  'applied',
  'verified',
  'kept',
  'failed',
  'undoing',
  'undone',
  'stuck',
  'settled',
] as const;
export type Step = (typeof steps)[number];

/** One person's yes to a question. */
export interface Approval {
  readonly by: Extract<Actor, { kind: 'person' }>;
  readonly at: number;
}

/** The journal of one plan that was (or may have been) carried out. One item; `entries` only grows. */
export interface ChangeRecord {
  readonly id: string;
  /** Of the row's shape; absent in rows from before it was written. */
  readonly version?: 1;
  readonly incidentId: string;
  readonly at: StageRef;
  readonly plan: Plan;
  readonly step: Step;
  readonly entries: readonly JournalEntry[];
  readonly approvedBy?: Actor;
  /** Everybody who approved it, first to last: two of a change that takes two. */
  readonly approvals?: readonly Approval[];
  readonly appliedAt?: number;
  /** End of the lease, and how often it was extended. */
  readonly leaseEndsAt?: number;
  readonly extended?: number;
  /** When a person was asked whether it shall stay for good; the lease's end is then when the question ends. */
  readonly keepAskedAt?: number;
  /** Undo is offered until then. */
  readonly undoUntilAt?: number;
  /** Requests were seen to succeed through it: only a person takes it away. */
  readonly reliedOn?: boolean;
  /** When the settings were seen in force: proof counts from here. */
  readonly settledAt?: number;
  /** Who pressed Undo first: should its execution fail before its first step, the sweeper starts another. */
  readonly undoAsked?: { readonly at: number; readonly by: Extract<Actor, { kind: 'person' }> };
  /** The Undo execution that took it back: the same one run twice is one undo, another is told that it came too late. */
  readonly undoName?: string;
  /** How often an undo met a world that was down. */
  readonly undoTries?: number;
  /**
   * The write sent last, for reads may lag behind it; and for which changes of the plan one was ever sent, by number: what stands at its goal
   * without is somebody else's. Absent in rows of older versions: then all of it may be ours.
   */
  readonly sent?: { readonly at: number; readonly as: 'apply' | 'undo'; readonly changes: readonly number[] };
}
export interface JournalEntry {
  readonly n: number;
  readonly step: Step;
  readonly at: number;
  readonly by: Actor;
  readonly why?: string;
}
