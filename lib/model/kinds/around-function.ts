// What evidence tells of what stands around the functions: the keys and subnets they depend on before any code runs, and the traces
// of what their code called. Compact, plain JSON.
import type { PartlyHad } from './function.ts';

/** What Lambda itself needs of the account to start a function. */
export interface FunctionPlace extends PartlyHad {
  /** State of the KMS keys that seal environment variables, by ARN; `NotFound` where KMS has no such key (SDK: KeyState). */
  readonly keys: Readonly<Record<string, string>>;
  /** Free addresses, by subnet. */
  readonly freeAddresses: Readonly<Record<string, number>>;
}

/** Traces of failed requests, at most five. */
export interface Traces {
  readonly traces: readonly TraceFact[];
}
export interface TraceFact {
  readonly id: string;
  readonly durationMs: number;
  /** What the functions' code called, as its tracing recorded it. */
  readonly calls: readonly TraceCall[];
}
export interface TraceCall {
  /** A host, or the service's name. */
  readonly name: string;
  readonly operation?: string;
  readonly ms: number;
  readonly fault?: true;
  readonly error?: true;
  readonly throttled?: true;
  /** It had not come back when the function was stopped. */
  readonly unfinished?: true;
  readonly status?: number;
  /** The first exception's words. */
  readonly says?: string;
}
