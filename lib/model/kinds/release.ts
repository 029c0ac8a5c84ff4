// What evidence tells of releases: which version an alias points to, what each version served, what CodeDeploy is shifting, and on which
// runtime version environments started.
import type { FunctionRef } from '../api.ts';
import type { Series } from './api.ts';
import type { PartlyHad } from './function.ts';

/** A version's own configuration: it never changes once it is published. */
export interface VersionFact {
  readonly exists: boolean;
  readonly codeSha256?: string;
  readonly modifiedAt?: number;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
}
/** What a version answered behind the alias, minute by minute. */
export interface Served {
  readonly invocations: Series;
  readonly errors: Series;
  readonly durationMaxMs: Series;
}
export interface AliasFact {
  readonly ref: FunctionRef;
  readonly version: string;
  /** Another version's share, 0 to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** $LATEST, the version pointed to, and those that served lately. */
  readonly versions: Readonly<Record<string, VersionFact>>;
  readonly served: Readonly<Record<string, Served>>;
}
/** By function key (`name:alias`). */
export interface AliasVersions extends PartlyHad {
  readonly aliases: Readonly<Record<string, AliasFact>>;
}

/** A deployment of CodeDeploy that is under way on an alias. */
export interface Shifting {
  readonly id: string;
  readonly application: string;
  readonly group: string;
  readonly status: string;
  readonly createdAt: number;
  readonly functionName: string;
  readonly alias: string;
  readonly from: string;
  readonly to: string;
  /** CodeDeploy itself rolls an earlier one back. */
  readonly rollsBack?: true;
}
/** Those that deploy to a function behind the stage. */
export interface CodeDeployments {
  readonly running: readonly Shifting[];
}

/** A runtime version that environments of a function started on, as their INIT_START lines say. */
export interface RuntimeSeen {
  readonly arn: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly starts: number;
}
/** By function key; oldest first. */
export interface RuntimeLog extends PartlyHad {
  readonly functions: Readonly<Record<string, readonly RuntimeSeen[]>>;
}
