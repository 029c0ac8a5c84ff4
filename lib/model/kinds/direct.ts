// What evidence tells of the AWS services a stage calls without a function between: the roles it calls them with, the queues,
// tables and state machines themselves, and their own metrics. Compact, redacted, plain JSON.
import type { Missing } from '../evidence.ts';
import type { Series } from './api.ts';
import type { PartlyHad, PolicyStatement } from './function.ts';

/** IAM's own answer to "may this role do that": `conditioned` where it depends on context that the simulation does not know. */
export type Decision = 'allowed' | 'implicitDeny' | 'explicitDeny' | 'conditioned';

export interface SimulatedAction {
  /** `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  /** What else than the role's own policies denied it. */
  readonly by?: 'organization' | 'boundary';
}
export interface RoleFact {
  /** False: IAM has no such role. */
  readonly exists: boolean;
  /** Who may assume it; absent where the document could not be read. */
  readonly trust?: readonly PolicyStatement[];
  /** The permissions boundary it carries. */
  readonly boundary?: string;
  /** What the deployed integrations need of it. */
  readonly may: readonly SimulatedAction[];
  /** Why IAM did not say what it may do. */
  readonly notSimulated?: Missing;
}
/** By role ARN: the roles that the deployed integrations and authorizers name. */
export interface Roles extends PartlyHad {
  readonly roles: Readonly<Record<string, RoleFact>>;
}

/** One queue, table, topic or state machine that deployed integrations name. */
export interface TargetFact {
  /** False: its service has none of that name. */
  readonly exists: boolean;
  /** The service's own words for that. */
  readonly notFound?: string;
  /** `ACTIVE`, `DELETING` …, where the service has states. */
  readonly state?: string;
  /** Its resource policy; an empty list where the service says there is none. */
  readonly statements?: readonly PolicyStatement[];
  /** DynamoDB: capacity that was bought; absent for on-demand tables. */
  readonly provisioned?: { readonly readUnits: number; readonly writeUnits: number };
  readonly onDemand?: boolean;
  /** DynamoDB: names of the key attributes. */
  readonly keys?: readonly string[];
  /** SQS: messages need a group. */
  readonly fifo?: boolean;
  /** A key of the owner's encrypts it: who calls it needs the key too. */
  readonly ownKey?: boolean;
}
/** By target key (`sqs orders`). */
export interface ServiceTargets extends PartlyHad {
  readonly targets: Readonly<Record<string, TargetFact>>;
}

export interface CallMetrics {
  /** Calls of the integration's action that the service turned away for their rate. */
  readonly throttled?: Series;
  /** Calls that it took. */
  readonly taken?: Series;
  /** DynamoDB: capacity units used, a minute's sum. */
  readonly consumed?: Series;
}
/** By call key (`dynamodb orders PutItem`). */
export interface ServiceMetrics {
  readonly periodMs: number;
  readonly calls: Readonly<Record<string, CallMetrics>>;
}
