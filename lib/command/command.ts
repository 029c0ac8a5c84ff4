// What every command of the command line is, and what it may touch: the terminal, files, AWS. All come in as one argument, so that
// a test runs a command as a user does, with what it likes behind it.
import type { Attempt, CallError } from '../aws/calls.ts';
import type { Probes } from '../collectors/collector.ts';
import type { Clock } from '../model/clock.ts';
import type { Installation } from '../model/installation.ts';
import type { Result } from '../model/result.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from '../world.ts';

export interface Command {
  readonly help: string;
  /** Answers the exit code: 0 found out, or nothing is wrong; 1 the cause is unknown; 2 asked for wrongly, or no access. */
  run(args: readonly string[], edges: Edges): Promise<number>;
}

/** `bug` is sysexits' EX_SOFTWARE. */
export const exits = { found: 0, unknown: 1, wrong: 2, bug: 70 } as const;

export interface Edges {
  readonly terminal: Terminal;
  readonly files: Files;
  /** AWS, with whatever credentials, Region and endpoint the environment has. */
  live(region: string | undefined, probes: Probes): Promise<LiveAccount>;
  /** The installation in a Region of the account, with the same credentials. */
  installed(region: string | undefined): Promise<InstalledAccount>;
  readonly now: () => number;
}

export interface Terminal {
  /** Standard output; resolves when it may take more. A reader that has gone away is no error. */
  print(text: string): Promise<void>;
  /** False once nobody reads any more. */
  readonly heard: () => boolean;
  /** A line for the person at the terminal: standard error. */
  say(line: string): void;
  /** One line that is written over again; shown on a terminal only. Undefined takes it away. */
  progress(line: string | undefined): void;
  /** What the person types; undefined where nobody sits at a terminal. */
  ask(question: string): Promise<string | undefined>;
  readonly columns: number;
  readonly colour: boolean;
}

export interface Files {
  /** `-` is standard input. */
  read(path: string): AsyncIterable<Uint8Array>;
  write(path: string, text: string): Promise<void>;
}

export interface Where {
  readonly region: string;
  /** AWS_ENDPOINT_URL, where it is set: it is named when it does not answer. */
  readonly endpoint?: string;
  /** AWS_PROFILE, likewise. */
  readonly profile?: string;
}

export interface LiveAccount extends Where {
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly random: () => number;
  /** STS GetCallerIdentity: needs no permission, and tells first whether the credentials are good. */
  accountId(): Promise<Result<string, CallError>>;
}

/** An installation as a person reaches it: it is read, and an order is handed to it. Nothing else. */
export interface InstalledAccount extends Where {
  whoAmI(): Promise<Result<Caller, CallError>>;
  /** By the function that takes orders, whose name is fixed: where the table is, and what the owner set. */
  describe(): Promise<Result<{ readonly table: string; readonly settings: Installation }, CallError>>;
  /** Reads only: a write throws. */
  store(table: string): Store;
  /** A request to STS that binds `value`, signed with the person's credentials and not sent. */
  presign(value: string, at: number): Promise<Result<string, CallError>>;
  /** Hands an order to the function; what it answers. */
  hand(order: unknown): Promise<Result<unknown, CallError>>;
  readonly pause: (ms: number) => Promise<void>;
}
