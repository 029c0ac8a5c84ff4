// A world as plain data: what is installed, and all that happens in it. Drawn from a seed, so that it can be played again, shrunk and told.
import type { CallName } from '../../lib/aws/calls.ts';
import type { DutyId } from '../../lib/duties.ts';
import type { EdgeCall } from '../../lib/demo/process.ts';
import type { Act } from '../../lib/model/act.ts';
import type { FixId } from '../../lib/model/change.ts';
import type { Installation } from '../../lib/model/installation.ts';

/** Robin and Lee are approvers; Kim is not. */
export type Who = 'robin' | 'lee' | 'kim';

/** Times are milliseconds after the story began; a stage is the number of one in the shop. */
export type Happening =
  /** Something breaks; the owner mends it by hand at `untilMs`. */
  | { readonly is: 'break'; readonly what: string; readonly stage: number; readonly untilMs: number }
  /** Somebody presses a button that is shown (or was shown: `old`), a second time after `twiceMs`, or somebody else `with` them. */
  | {
      readonly is: 'press';
      readonly who: Who;
      readonly act: Act | 'any';
      readonly pick: number;
      readonly old?: true;
      readonly twiceMs?: number;
      readonly with?: Who;
      /** A click that was never made on what is shown: of another workspace, with another hash, on another message. */
      readonly forged?: 'team' | 'hash' | 'message';
    }
  /** Calls fail, some or all, for a while. */
  | {
      readonly is: 'fault';
      readonly kind: 'throttled' | 'down' | 'denied' | 'latency';
      readonly call?: CallName;
      readonly probability: number;
      readonly forMs: number;
    }
  /** Processes die before or after their nth call of this kind, so many of them in a row. */
  | {
      readonly is: 'crash';
      readonly when: 'before' | 'after';
      readonly duty?: DutyId;
      readonly edge?: EdgeCall['edge'];
      readonly writes?: true;
      readonly nth: number;
      readonly times: number;
    }
  /** A process stands still before one of its writes. */
  | { readonly is: 'pause'; readonly duty: DutyId; readonly ms: number }
  /** The clock of a duty's processes is off. */
  | { readonly is: 'clock'; readonly duty: DutyId; readonly ms: number; readonly forMs: number }
  /** Reads lag behind writes by so much. */
  | { readonly is: 'lag'; readonly ms: number; readonly forMs: number }
  | { readonly is: 'slack'; readonly kind: 'down' | 'throttled'; readonly forMs: number }
  | { readonly is: 'topic'; readonly forMs: number }
  | { readonly is: 'trail'; readonly delayMs: number; readonly forMs: number }
  | { readonly is: 'switch'; readonly value: 'on' | 'garbage' | 'gone'; readonly forMs: number }
  | { readonly is: 'calendar'; readonly forMs: number }
  | { readonly is: 'hands-off'; readonly stage: number; readonly forMs: number }
  /** The stage's function is not open to be written. */
  | { readonly is: 'closed'; readonly stage: number }
  /** A deploy of the stage's stack: it runs so long, and may put the permission back. */
  | { readonly is: 'deploy'; readonly stage: number; readonly forMs: number }
  /** A person sets what Gatemedic changed: to a value of their own, or back. */
  | { readonly is: 'hand'; readonly how: 'other' | 'back'; readonly pick: number }
  /** A person sets what was just decided to be changed, before it is: to a value of their own, or to the very goal. */
  | { readonly is: 'meanwhile'; readonly how: 'other' | 'goal'; readonly afterMs: number }
  /** A person sets a change back a while after it was made, while what it mended is still broken. */
  | { readonly is: 'again'; readonly afterMs: number }
  /** No caller comes. */
  | { readonly is: 'quiet'; readonly stage: number; readonly forMs: number }
  /** Somebody stops an execution. */
  | { readonly is: 'abort'; readonly pick: number };

export type Event = Happening & { readonly atMs: number };

/** What stands in the journal from before the story, about a stage, and how long before. */
export interface Past {
  /** Taken back because it did not help; made unasked; leased and paid for; and what this version cannot read. */
  readonly is: 'failed' | 'made' | 'leased' | 'unknown-setting' | 'later-shape';
  readonly stage: number;
  readonly agoMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly logs: boolean;
  readonly deliveredTimes: number;
  readonly stages: number;
  /** Whether it is watched until everything rests; else it is left once nothing is changed or asked any more. */
  readonly rests: boolean;
  /** The last stage is not listed: it is looked at, and nothing of it is changed. */
  readonly unlisted?: true;
  /** What the owner set otherwise than everybody. */
  readonly owner: Partial<
    Pick<Installation, 'mode' | 'unaskedHours' | 'undoWindowMs' | 'questionMs' | 'changesPerHour' | 'sharedByRoutes' | 'outage' | 'caps'>
  >;
  /** The fix that the owner lists first: of several that treat a cause it is the one that is made. */
  readonly firstFix?: FixId;
  readonly past?: readonly Past[];
  readonly events: readonly Event[];
}

/** When everything broken was mended, and nobody interferes any more. */
export const calmAtMs = ({ events }: Plan): number => Math.max(60_000, ...events.map(endMs));

function endMs(e: Event): number {
  if (e.is === 'break') return e.untilMs;
  return e.atMs + ('forMs' in e ? e.forMs : 0);
}
