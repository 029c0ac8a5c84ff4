// A fault that a fix treats, in an account that is otherwise well: what the laws of the fixes are run on. One file a fix in faults/.
import type { Attempt } from '../../lib/aws/calls.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Change } from '../../lib/model/change.ts';
import type { Account } from '../../lib/sandbox/account/index.ts';
import type { Store } from '../../lib/store/store.ts';

export const accountId = '111122223333';
export const region = 'us-east-1';
export const startAt = Date.UTC(2026, 10, 20, 12, 0, 0);

/** The one API stage, and the function behind it. */
export const at: StageRef = { accountId, region, apiType: 'REST', apiId: 'orders1000', stage: 'prod', apiName: 'orders' };
export const ref = { accountId, region, name: 'orders', qualifier: 'live' };
export const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${at.apiId}/*/*/*`;
export const barred = (method: string) => ({
  method,
  path: '/orders',
  sourceArn: `arn:aws:execute-api:${region}:${accountId}:${at.apiId}/prod/${method}/orders`,
});
export const permission = { functionName: 'orders', qualifier: 'live', statementId: 'orders-gateway-invoke', sourceArn };

export interface Fault {
  /** A fix that treats several kinds of API has a fault for each: files `{fix}.ts`, `{fix}-http.ts` … */
  readonly fix: string;
  /** Another stage than the shop's, which `prepare` makes. */
  readonly at?: StageRef;
  readonly cause: string;
  /** `suspected` for a fix that gains evidence; confirmed where not said. */
  readonly certainty?: 'confirmed' | 'suspected';
  /** What the account has beyond the one shop, before the story. */
  prepare?(account: Account): void;
  /** What Gatemedic kept of it while all was well. */
  remember?(store: Store, account: Account): Promise<void>;
  breakIt(account: Account): void;
  /** What the cause would have established of it; a function where it is only known once it is broken. */
  readonly facts: unknown | ((account: Account) => unknown);
  /** Somebody else writes a third value where a change of the plan is, by the service's own calls. A one-way change drifts from nothing. */
  drift(attempt: Attempt, change: Change, account: Account): Promise<unknown>;
  /** How long after it broke it is looked at; four minutes where not said (CloudTrail is later than that). */
  readonly lookedAtMs?: number;
  /** How long the service takes to carry a change out, and lets it be changed no further; no time where not said. */
  readonly settlesMs?: number;
  /** Without what cannot be taken back and stays (a published version): what an undo is compared by. Everything where not said. */
  compared?(snapshot: unknown): unknown;
}
