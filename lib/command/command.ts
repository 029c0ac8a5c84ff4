// What every command of the command line is, and what it may touch: the terminal, files, AWS. All come in as one argument, so that
// a test runs a command as a user does, with what it likes behind it.
import type { Attempt, CallError } from '../aws/calls.ts';
import type { Probes } from '../collectors/collector.ts';
import type { Clock } from '../model/clock.ts';
import type { Result } from '../model/result.ts';

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
  readonly columns: number;
  readonly colour: boolean;
}

export interface Files {
  /** `-` is standard input. */
  read(path: string): AsyncIterable<Uint8Array>;
  write(path: string, text: string): Promise<void>;
}

export interface LiveAccount {
  readonly region: string;
  /** AWS_ENDPOINT_URL, where it is set: it is named when it does not answer. */
  readonly endpoint?: string;
  /** AWS_PROFILE, likewise. */
  readonly profile?: string;
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly random: () => number;
  /** STS GetCallerIdentity: needs no permission, and tells first whether the credentials are good. */
  accountId(): Promise<Result<string, CallError>>;
}
