// What the account's answers are made from: its parts, handed to each service's table of calls.
import type { CallName, In } from '../../../aws/calls.ts';
import type { Alarms } from '../alarms.ts';
import type { Apis } from '../apis.ts';
import type { Around } from '../around.ts';
import type { Base } from '../base.ts';
import type { CodeDeploy } from '../codedeploy.ts';
import type { Answered } from '../failure.ts';
import type { Functions } from '../functions.ts';
import type { Logs } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import type { NetworkState } from '../network.ts';
import type { Permissions } from '../permissions.ts';
import type { Provisioning } from '../provisioning.ts';
import type { Services } from '../roles-and-queues.ts';
import type { Stacks } from '../stacks.ts';
import type { Caller, Trail } from '../trail.ts';

export interface Parts {
  readonly base: Base;
  readonly functions: Functions;
  readonly apis: Apis;
  readonly permissions: Permissions;
  readonly provisioning: Provisioning;
  readonly codeDeploy: CodeDeploy;
  readonly stacks: Stacks;
  readonly trail: Trail;
  readonly metrics: Metrics;
  readonly logs: Logs;
  readonly alarms: Alarms;
  readonly network: NetworkState;
  readonly services: Services;
  readonly around: Around;
  readonly parameters: Map<string, string>;
  /** Change calendars by name. */
  readonly calendars: Map<string, 'OPEN' | 'CLOSED'>;
  readonly concurrencyLimit: number;
}

/** name → the account's answer; `by` is who calls, for CloudTrail. */
export type Answers = { readonly [N in CallName]: (input: In<N>, by: Caller) => Answered<N> };
