// The values evidence holds: compact, redacted, plain JSON. Each collector's file registers its own in `EvidenceKinds`.
import type { FunctionRef } from './api.ts';
import type { Missing } from './evidence.ts';
import type { LogLine } from './signal.ts';

/** Evidence by function of which some functions could not be had: their keys are absent from the answers and stand here, with why. */
export interface PartlyHad {
  readonly notHad?: Readonly<Record<string, Missing>>;
}

/** One integration as the stage serves it. */
export interface Integration {
  readonly type: 'AWS_PROXY' | 'AWS' | 'HTTP_PROXY' | 'HTTP' | 'MOCK';
  readonly uri?: string;
  readonly httpMethod?: string;
  /** The Lambda function the URI names, stage variables resolved. */
  readonly function?: FunctionRef;
  /** A stage variable the URI uses and the stage lacks. */
  readonly unresolved?: string;
  /** A role the gateway assumes: then no invoke permission is looked at. */
  readonly credentials?: string;
  readonly timeoutMs: number;
  readonly payloadFormat?: string;
}
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly integration?: Integration;
}

/** What the stage serves (its deployment), never the edited draft. */
export interface DeployedApi {
  readonly routes: readonly Route[];
  readonly variables: Readonly<Record<string, string>>;
  readonly deploymentId?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly executionLogging: 'OFF' | 'ERROR' | 'INFO' | 'unknown';
  readonly accessLog?: { readonly destinationArn: string; readonly format: string };
}

/** A metric as one value a minute; minutes without a datapoint are left out (missing is not zero). */
export interface Series {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export interface GatewayMetrics {
  readonly periodMs: number;
  /** Start of the incident's first minute: failures before it are another incident's. */ readonly burstFrom?: number;
  readonly count: Series;
  readonly serverErrors: Series;
  readonly clientErrors: Series;
  readonly latencyMaxMs: Series;
  readonly integrationLatencyMaxMs: Series;
}

/** By function key (`name` or `name:alias`). */
export interface FunctionMetrics extends PartlyHad {
  readonly periodMs: number;
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly invocations: Series;
        readonly errors: Series;
        readonly throttles: Series;
        readonly durationMaxMs: Series;
        readonly concurrentMax: Series;
      }
    >
  >;
}

export interface FunctionFact {
  readonly ref: FunctionRef;
  /** False: Lambda answered ResourceNotFound for the function, alias or version. */
  readonly exists: boolean;
  /** Which part is missing, in AWS's words. */
  readonly notFound?: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly runtime?: string;
  readonly state?: string;
  readonly lastModifiedAt?: number;
  readonly codeSha256?: string;
  /** For an alias: the version it points to, and extra weights (a deploy in progress). */
  readonly aliasVersion?: string;
  readonly weighted?: boolean;
  readonly logGroup?: string;
}
export interface FunctionConfig extends PartlyHad {
  readonly functions: Readonly<Record<string, FunctionFact>>;
}

export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Service principals, or `*`; other principals are kept as they are. */
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  /** operator → key → values, keys in lower case. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
/** By function key: the policy of exactly that qualifier; `absent` where Lambda says there is none. */
export interface FunctionPolicy extends PartlyHad {
  readonly policies: Readonly<
    Record<string, { readonly statements: readonly PolicyStatement[]; readonly revision?: string; readonly sizeBytes: number } | 'absent'>
  >;
}

export interface FunctionConcurrency extends PartlyHad {
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly reserved?: number;
        readonly provisioned?: { readonly requested: number; readonly available: number; readonly status: string };
      }
    >
  >;
  readonly account?: { readonly limit: number; readonly unreserved: number };
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** True when pages or lines were cut off. */ readonly cut: boolean;
}

/** CloudFormation's own record of what it did to the functions' stack: immediate, and no caller can forge it. */
export interface StackEvents extends PartlyHad {
  /** By function key. */
  readonly stacks: Readonly<
    Record<
      string,
      { readonly stack: string; readonly status: string; readonly inProgress: boolean; readonly permissions: readonly StackPermission[] }
    >
  >;
  /** Keys of functions that carry the tag `gatemedic:hands-off`. */
  readonly handsOff?: readonly string[];
}
/** An `AWS::Lambda::Permission` the stack made or removed. */
export interface StackPermission {
  readonly at: number;
  readonly what: 'created' | 'deleted';
  readonly statementId: string;
  readonly functionName?: string;
  readonly action?: string;
  readonly principal?: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** What CloudTrail tells about who changed the functions; it lags by 5–15 minutes. */
export interface ChangeTrail {
  readonly events: readonly TrailEvent[];
}
export interface TrailEvent {
  /** CloudTrail's own event id. */
  readonly id?: string;
  readonly at: number;
  /** The event's name without its API date: `RemovePermission`. */
  readonly name: string;
  readonly functionKey: string;
  readonly principalArn: string;
  readonly userName?: string;
  readonly userAgent?: string;
  /** `cloudformation.amazonaws.com` when CloudFormation made the call. */
  readonly invokedBy?: string;
  readonly statementId?: string;
  /** AddPermission's own parameters: the statement that was granted. */
  readonly grant?: {
    readonly action: string;
    readonly principal: string;
    readonly sourceArn?: string;
    readonly sourceAccount?: string;
    readonly qualifier?: string;
  };
}
