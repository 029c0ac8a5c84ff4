// What evidence tells of changes: what a deploy did, and who called what.
import type { PartlyHad } from './function.ts';

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
