// A signal: one piece of news that a stage fails (or works again), whatever event brought it.
import type { ApiType } from './api.ts';

/** What a signal speaks of. A REST alarm knows only the API's name, a composite alarm only its children; `lib/stages/subject.ts` resolves both. */
export type Subject =
  | { readonly by: 'stage'; readonly apiType: ApiType; readonly apiId: string; readonly stage: string }
  | { readonly by: 'apiId'; readonly apiType: ApiType; readonly apiId: string }
  | { readonly by: 'apiName'; readonly name: string; readonly stage?: string }
  | { readonly by: 'alarms'; readonly names: readonly string[] };

/** The logs a line may come from. `authorizer` is the log of a Lambda authorizer's function; `backend` and `loadBalancer` come with recorded cases only. */
export const logNames = ['execution', 'access', 'function', 'authorizer', 'backend', 'loadBalancer', 'flow'] as const;
export type LogName = (typeof logNames)[number];

/** One line of a log as evidence: redacted and cut before it gets here. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  /** Where the line was written. */
  readonly log: LogName;
  readonly requestId?: string;
}

export interface Signal {
  /** Equal for a redelivery of the same news. */
  readonly key: string;
  readonly from: 'alarm' | 'log';
  readonly state: 'bad' | 'ok';
  readonly subject: Subject;
  /** Event time of the first and last failure this signal speaks of, in ms. For an alarm: start of the breaching period, and the transition. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many failed requests it saw; 0 where the event does not say. */
  readonly failures: number;
  /** At most 20, redacted. */
  readonly lines: readonly LogLine[];
  /** Alarm ARN or log group: shown to people, never acted on. */
  readonly source: string;
}

/** Why a record was put aside instead of becoming a signal. */
export type SetAside =
  | { readonly why: 'ignored'; readonly reason: string } // a control message, our own alarm, a line that is no failure
  | { readonly why: 'refused'; readonly reason: string; readonly record: unknown }; // goes to the dead-letter queue

export interface Reading {
  readonly signals: readonly Signal[];
  readonly aside: readonly SetAside[];
}
