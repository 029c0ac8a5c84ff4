// What evidence tells of the Lambda functions behind a stage: compact, redacted, plain JSON. Each collector's file registers its own.
import type { FunctionRef } from '../api.ts';
import type { Missing } from '../evidence.ts';
import type { Series } from './api.ts';

/** Evidence by function of which some functions could not be had: their keys are absent from the answers and stand here, with why. */
export interface PartlyHad {
  readonly notHad?: Readonly<Record<string, Missing>>;
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
  /** `Active`, or why it cannot be invoked (`Pending`, `Inactive`, `Failed`, …). */
  readonly state?: string;
  readonly stateReason?: string;
  readonly stateReasonCode?: string;
  /** Of the last change; a failed one leaves the code of before in service. */
  readonly lastUpdate?: { readonly status: string; readonly reason?: string; readonly reasonCode?: string };
  readonly lastModifiedAt?: number;
  readonly codeSha256?: string;
  readonly handler?: string;
  readonly architectures?: readonly string[];
  readonly packageType?: string;
  /** ARNs of its layers, with their versions. */
  readonly layers?: readonly string[];
  readonly runtimeVersionArn?: string;
  /** The execution role. */
  readonly role?: string;
  /** The key its environment variables are sealed with, where it is not Lambda's own. */
  readonly kmsKeyArn?: string;
  readonly vpc?: { readonly vpcId?: string; readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly fileSystems?: readonly string[];
  /** Names only; values never leave the AWS edge. */
  readonly environmentNames?: readonly string[];
  /** Why Lambda could not read the variables for *this* reader: AccessDenied means that we may not use the key, not that the function may not. */
  readonly environmentError?: { readonly code: string; readonly message: string };
  /** `Active` where it sends traces to X-Ray. */
  readonly tracing?: string;
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
