// What CloudTrail tells of permissions and rules that went: policies of roles, inbound rules of security groups. Plain JSON, newest first;
// the trail lags by 5 to 15 minutes, so what it does not show may still have happened.
import type { Decision, RoleFact } from './direct.ts';
import type { Missing } from '../evidence.ts';
import type { PartlyHad } from './function.ts';

/** Who did it, for people; and whether CloudFormation did. */
export interface DoneBy {
  readonly at: number;
  readonly by: string;
}

/** One write of an inline policy, or of a managed policy's attachment. */
export interface PolicyWrite extends DoneBy {
  readonly what: 'put' | 'deleted' | 'attached' | 'detached';
  /** Its name; of a managed policy its ARN. */
  readonly policy: string;
  /** As it was written; of a managed policy that was detached, as IAM has it now. Absent for a deletion, and where it is not known. */
  readonly document?: string;
  /** Of a managed policy: the version that says so. */
  readonly version?: string;
}
export interface RoleHistory {
  readonly writes: readonly PolicyWrite[];
  /** What IAM says would come of putting back what was removed, by the policy's name. */
  readonly tried: readonly { readonly policy: string; readonly action: string; readonly resource: string; readonly decision: Decision }[];
  /** Why it is not known what a detached policy says. */
  readonly unread?: Missing;
}
/** By role ARN: of the roles that may not do what the deployment asks of them. */
export interface RoleTrail extends PartlyHad {
  readonly roles: Readonly<Record<string, RoleHistory>>;
}

/** The role a function runs with: its history holds the writes of the policies that something was taken from lately, and no others. */
export interface ExecutionRole extends RoleHistory {
  /** Keys of the functions that run with it, of those with errors. */
  readonly functions: readonly string[];
  /** The role itself, and what IAM says now of what was taken; absent where nothing was. */
  readonly fact?: RoleFact;
}
/** By role ARN: of the functions that have errors of their own. */
export interface ExecutionRoles extends PartlyHad {
  readonly roles: Readonly<Record<string, ExecutionRole>>;
}

/** One inbound rule: a source is another group or an address range. */
export interface RecordedRule {
  readonly id?: string;
  /** `tcp`, `-1` for all … */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly group?: string;
  /** The account of that group, where the record says it. */
  readonly groupOwner?: string;
  readonly range?: string;
}
export interface RulesWrite extends DoneBy {
  readonly what: 'authorized' | 'revoked' | 'modified';
  readonly rules: readonly RecordedRule[];
}
/** By security group. */
export interface GroupTrail extends PartlyHad {
  readonly groups: Readonly<Record<string, readonly RulesWrite[]>>;
}
