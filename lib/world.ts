// The world as one argument: everything a stage may touch. Each edge has a live form and a sandbox form; a stage asks for no more than it uses.
import type { Aws, CallName } from './aws/calls.ts';
import type { Installation } from './model/installation.ts';
import type { Store } from './store/store.ts';

/** A Slack message: `text` is the fallback, `blocks` are Block Kit objects (typed in messages/). */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** What the world refused, after the edge's own retries. Thrown by edges other than `aws`; caught in gather, carry-out and tell only. */
export class WorldError extends Error {
  readonly kind: 'throttled' | 'denied' | 'gone' | 'conflict' | 'down';
  readonly call: string;
  constructor(kind: WorldError['kind'], call: string, message: string) {
    super(`${call} ${kind}: ${message}`);
    this.name = 'WorldError';
    this.kind = kind;
    this.call = call;
  }
}

export interface Slack {
  /** Returns the message's ts. `threadTs` posts a reply. */
  post(channel: string, message: SlackMessage, threadTs?: string): Promise<{ ts: string }>;
  update(channel: string, ts: string, message: SlackMessage): Promise<void>;
  /** A message only one person sees. */
  whisper(channel: string, userId: string, message: SlackMessage): Promise<void>;
}

/** Told elsewhere: one documented JSON object (docs/topic.md) to an SNS topic. */
export interface Topic {
  publish(subject: string, message: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface Workflow {
  /** Starts the incident's execution; the id is its name, so twice is once. */
  startIncident(incidentId: string): Promise<'started' | 'already'>;
  /** Starts an Undo execution; `name` is its name, so twice is once. */
  startUndo(input: UndoInput): Promise<'started' | 'already'>;
  /** Wakes a waiting execution. `gone`: it no longer waits, which is fine. */
  wake(taskToken: string, output: Readonly<Record<string, unknown>>): Promise<'woken' | 'gone'>;
  /** One-off: starts an Undo execution at `atMs`. */
  scheduleUndo(input: UndoInput, atMs: number): Promise<void>;
  /** Whether an incident's execution still runs; `unknown` when it never existed. */
  status(incidentId: string): Promise<'running' | 'ended' | 'unknown'>;
}
export interface UndoInput {
  readonly name: string;
  readonly changeId: string;
  readonly why: 'person' | 'lease' | 'sweeper';
  readonly by?: { readonly id: string; readonly name?: string };
}

/** Who AWS says it is. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
}
/** STS, asked who signed a request that somebody else made: `lib/stages/answering/proof.ts` says first which requests may be sent. */
export interface Identity {
  /** Sends it as it is, with the header that it signs. `refused`: AWS did not accept it, in AWS's words. */
  callerOf(url: string, header: { readonly name: string; readonly value: string }): Promise<Caller | { readonly refused: string }>;
}

/** Where one bad record goes, with its reason, so that its neighbours go on. */
export interface DeadLetter {
  put(record: unknown, reason: string): Promise<void>;
}

/** A structured line of Gatemedic's own log; values are redacted at the edge. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface World<C extends CallName = never> {
  readonly aws: Aws<C>;
  readonly store: Store;
  readonly slack: Slack;
  readonly topic: Topic;
  readonly workflow: Workflow;
  readonly deadLetter: DeadLetter;
  readonly identity: Identity;
  readonly installation: Installation;
  /** Milliseconds since 1970. */
  now(): number;
  /** How long this function may still run: a write that could not end in time is not begun. */
  timeLeftMs(): number;
  /** A fresh random id, lower-case letters and digits. */
  id(): string;
  readonly log: Log;
}
