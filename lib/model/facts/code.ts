// The facts that causes of failing code establish: which function, what of it, and the line that said so.
import type { FunctionRef } from '../api.ts';

interface Failing {
  readonly ref: FunctionRef;
  readonly errors: number;
}

/** lambda-init-failure: functions that cannot start. */
export interface InitFailureFacts {
  readonly functions: readonly (Failing & {
    readonly handler?: string;
    readonly runtime?: string;
    readonly architecture?: string;
    readonly modifiedAt?: number;
  })[];
  readonly quote?: string;
}

/** lambda-out-of-memory. */
export interface MemoryFacts {
  readonly functions: readonly (Failing & { readonly memoryMb?: number; readonly modifiedAt?: number })[];
  /** What a REPORT line says of a failed run. */
  readonly usedMb?: number;
  /** The runtime's own heap ran full: the function's memory may not. */
  readonly heap?: boolean;
  readonly quote?: string;
}

/** response-too-large: answers above a payload limit. */
export interface TooLargeFacts {
  readonly functions: readonly FunctionRef[];
  readonly limitBytes?: number;
  readonly quote?: string;
}

/** lambda-payload-mismatch: the code reads another event than the integration sends. */
export interface PayloadFacts {
  readonly functions: readonly (Failing & {
    readonly routes: readonly string[];
    /** `1.0`, `2.0`, or `custom` for a non-proxy integration. */
    readonly sends: string;
  })[];
  /** The event's field that the code did not find, and what would have held it. */
  readonly field?: string;
  readonly reads?: '1.0' | '2.0' | 'proxy';
  readonly quote?: string;
}

/** lambda-state: why Lambda turns calls away before the code runs. */
export type StateFault = 'state' | 'key' | 'addresses' | 'fileSystem' | 'said';
export interface StateFacts {
  readonly functions: readonly {
    readonly ref: FunctionRef;
    readonly what: StateFault;
    /** In AWS's words. */
    readonly detail: string;
    readonly state?: string;
    readonly kmsKeyArn?: string;
    readonly subnetIds?: readonly string[];
  }[];
  readonly quote?: string;
}

/** lambda-dependency-failure: what the code called and did not get. */
export type DependencyFault = 'denied' | 'throttled' | 'refused' | 'unreachable' | 'slow' | 'failing';
/** A permission that was taken from an execution role, by CloudTrail: IAM denies it now, and would allow it with that policy. */
export interface Taken {
  readonly role: string;
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
  readonly by: string;
  readonly at: number;
}
export interface DependencyFacts {
  readonly functions: readonly Failing[];
  readonly what: DependencyFault;
  /** The host, table or service, where evidence names it. */
  readonly name?: string;
  /** The IAM action that was denied. */
  readonly action?: string;
  /** What AWS's own records say was taken from the functions' roles just before they began to fail. Absent: nothing, or it is not known. */
  readonly taken?: readonly Taken[];
  readonly quote?: string;
}
