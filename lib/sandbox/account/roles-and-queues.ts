// Roles, queues, tables and state machines of the account: what they are, what they count, and how owners make and change them. Each change
// leaves the CloudTrail record it would.
import type { IamStatement } from '../iam.ts';
import type { Base } from './base.ts';
import type { Metrics, Series } from './metrics.ts';
import type { Caller, Trail } from './trail.ts';

/** A statement of a trust policy or of a queue's own policy. */
export type ResourceStatement = IamStatement & { readonly Principal: '*' | { readonly Service?: string; readonly AWS?: string } };

export interface Role {
  readonly name: string;
  trust: readonly ResourceStatement[];
  statements: readonly IamStatement[];
}
export interface Queue {
  readonly name: string;
  policy: readonly ResourceStatement[];
  readonly series: Series;
}
export interface Table {
  readonly name: string;
  readonly key: string;
  /** Write units a second; undefined is on demand. */
  writeUnits: number | undefined;
  /** Units left to spend: unused ones are kept for five minutes (DynamoDB "Burst capacity"). */
  credit: { units: number; at: number };
  readonly series: Series;
  readonly byOperation: (operation: string) => Series;
}
export interface Machine {
  readonly name: string;
  readonly series: Series;
}

export interface Services {
  readonly roles: Map<string, Role>;
  readonly queues: Map<string, Queue>;
  readonly tables: Map<string, Table>;
  readonly machines: Map<string, Machine>;
}
export const createServices = (): Services => ({ roles: new Map(), queues: new Map(), tables: new Map(), machines: new Map() });

/** Lets API Gateway assume the role, and nothing else. */
export const gatewayTrust: readonly ResourceStatement[] = [
  { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
];

export interface ServicesBuilder {
  putRole(
    name: string,
    spec: { readonly trust?: readonly ResourceStatement[]; readonly statements?: readonly IamStatement[] },
    by?: Caller,
  ): void;
  deleteRole(name: string, by?: Caller): void;
  putQueue(name: string, policy?: readonly ResourceStatement[], by?: Caller): void;
  deleteQueue(name: string, by?: Caller): void;
  /** `writeUnits` undefined is on demand. */
  putTable(name: string, spec: { readonly key: string; readonly writeUnits?: number }, by?: Caller): void;
  deleteTable(name: string, by?: Caller): void;
  putMachine(name: string): void;
  deleteMachine(name: string, by?: Caller): void;
}

const owner: Caller = { kind: 'role', name: 'deployer' };

interface BuilderParts {
  readonly base: Base;
  readonly metrics: Metrics;
  readonly trail: Trail;
  readonly services: Services;
}

export function createServicesBuilder({ base, metrics, trail, services }: BuilderParts): ServicesBuilder {
  const { roles, queues, tables, machines } = services;
  const note = (eventName: string, eventSource: string, by: Caller, requestParameters: Readonly<Record<string, unknown>>): void =>
    trail.record({ eventName, eventSource: `${eventSource}.amazonaws.com`, by, requestParameters, resources: [] });
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${base.here.region}:${base.here.accountId}:${rest}`;
  return {
    putRole(name, { trust, statements }, by = owner) {
      const old = roles.get(name);
      roles.set(name, { name, trust: trust ?? old?.trust ?? gatewayTrust, statements: statements ?? old?.statements ?? [] });
      note(trust ? 'UpdateAssumeRolePolicy' : 'PutRolePolicy', 'iam', by, { roleName: name });
    },
    deleteRole(name, by = owner) {
      roles.delete(name);
      note('DeleteRole', 'iam', by, { roleName: name });
    },
    putQueue(name, policy = [], by = owner) {
      const old = queues.get(name);
      if (old) old.policy = policy;
      else queues.set(name, { name, policy, series: metrics.series('AWS/SQS', { QueueName: name }, ['NumberOfMessagesSent']) });
      note(old ? 'SetQueueAttributes' : 'CreateQueue', 'sqs', by, { queueName: name });
    },
    deleteQueue(name, by = owner) {
      queues.delete(name);
      note('DeleteQueue', 'sqs', by, { queueName: name });
    },
    putTable(name, { key, writeUnits }, by = owner) {
      const old = tables.get(name);
      const at = base.clock.now();
      if (old) Object.assign(old, { writeUnits, credit: { units: 0, at } });
      else
        tables.set(name, {
          name,
          key,
          writeUnits,
          credit: { units: 0, at },
          series: metrics.series('AWS/DynamoDB', { TableName: name }, ['ConsumedWriteCapacityUnits', 'WriteThrottleEvents']),
          byOperation: (Operation) =>
            metrics.series('AWS/DynamoDB', { TableName: name, Operation }, ['ThrottledRequests', 'SuccessfulRequestLatency']),
        });
      note(old ? 'UpdateTable' : 'CreateTable', 'dynamodb', by, { tableName: name });
    },
    deleteTable(name, by = owner) {
      tables.delete(name);
      note('DeleteTable', 'dynamodb', by, { tableName: name });
    },
    putMachine(name) {
      const StateMachineArn = arn('states', `stateMachine:${name}`);
      machines.set(name, { name, series: metrics.series('AWS/States', { StateMachineArn }, ['ExecutionsStarted']) });
    },
    deleteMachine(name, by = owner) {
      machines.delete(name);
      note('DeleteStateMachine', 'states', by, { stateMachineArn: arn('states', `stateMachine:${name}`) });
    },
  };
}
