// Roles, queues, tables and state machines of the account: what they are, what they count, and how owners make and change them. Each change
// leaves the CloudTrail record it would.
import type { IamStatement } from '../iam.ts';
import type { Base } from './base.ts';
import { noteAttachment, type ManagedPolicy } from './managed-policies.ts';
import type { Metrics, Series } from './metrics.ts';
import { documentOf, noteRole, takeEffect, type Boundary } from './role-policies.ts';
import { setCapacity, type Table as TableCapacity } from './table-capacity.ts';
import type { Caller, Trail } from './trail.ts';

/** A statement of a trust policy or of a queue's own policy. */
export type ResourceStatement = IamStatement & { readonly Principal: '*' | { readonly Service?: string; readonly AWS?: string } };

export interface Role {
  readonly name: string;
  trust: readonly ResourceStatement[];
  /** Inline policies: documents as they were written, by name. */
  readonly policies: Map<string, string>;
  /** Managed policies, by ARN. */
  readonly attached: Map<string, ManagedPolicy>;
  /** What of them callers meet: a write takes seconds. */
  inForce: readonly IamStatement[];
  /** Number of the last write. */
  written: number;
  /** What it may do at most. */
  boundary?: Boundary;
}
export interface Queue {
  readonly name: string;
  policy: readonly ResourceStatement[];
  readonly series: Series;
}
export interface Table extends TableCapacity {
  readonly series: Series;
  readonly byOperation: (operation: string) => Series;
}
export interface Machine {
  readonly name: string;
  readonly series: Series;
}

export interface Services {
  readonly roles: Map<string, Role>;
  readonly managed: Map<string, ManagedPolicy>;
  readonly queues: Map<string, Queue>;
  readonly tables: Map<string, Table>;
  readonly machines: Map<string, Machine>;
}
export const createServices = (): Services => ({
  roles: new Map(),
  managed: new Map(),
  queues: new Map(),
  tables: new Map(),
  machines: new Map(),
});

/** Lets API Gateway assume the role, and nothing else. */
export const gatewayTrust: readonly ResourceStatement[] = [
  { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
];

/** Lets Lambda run code with the role. */
export const executionTrust: readonly ResourceStatement[] = [
  { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
];

export interface ServicesBuilder {
  putRole(
    name: string,
    spec: { readonly trust?: readonly ResourceStatement[]; readonly statements?: readonly IamStatement[]; readonly boundary?: Boundary },
    by?: Caller,
  ): void;
  deleteRole(name: string, by?: Caller): void;
  /** Makes a managed policy of the account, or its next version; answers its ARN. */
  putManaged(name: string, statements: readonly IamStatement[]): string;
  /** Attaches a managed policy to a role, or takes it off: in force at once. */
  attach(role: string, arn: string, by?: Caller): void;
  detach(role: string, arn: string, by?: Caller): void;
  putQueue(name: string, policy?: readonly ResourceStatement[], by?: Caller): void;
  deleteQueue(name: string, by?: Caller): void;
  /** `writeUnits` undefined is on demand; as many units are bought for reads. */
  putTable(name: string, spec: { readonly key: string; readonly writeUnits?: number }, by?: Caller): void;
  /** Registers a table's writes with Application Auto Scaling. */
  steerTable(name: string): void;
  deleteTable(name: string, by?: Caller): void;
  putMachine(name: string): void;
  deleteMachine(name: string, by?: Caller): void;
}

/** The name of the one inline policy that owners write here. */
const ownPolicy = 'access';

const owner: Caller = { kind: 'role', name: 'deployer' };

interface BuilderParts {
  readonly base: Base;
  readonly metrics: Metrics;
  readonly trail: Trail;
  readonly services: Services;
  readonly provisioning: { readonly steered: Set<string> };
}

export function createServicesBuilder({ base, metrics, trail, services, provisioning }: BuilderParts): ServicesBuilder {
  const { roles, managed, queues, tables, machines } = services;
  const note = (eventName: string, eventSource: string, by: Caller, requestParameters: Readonly<Record<string, unknown>>): void =>
    trail.record({ eventName, eventSource: `${eventSource}.amazonaws.com`, by, requestParameters, resources: [] });
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${base.here.region}:${base.here.accountId}:${rest}`;
  /** A policy without a statement is none: IAM takes no empty document. */
  const writePolicy = (role: Role, statements: readonly IamStatement[], by: Caller): void => {
    const document = documentOf(statements);
    if (statements.length > 0) {
      role.policies.set(ownPolicy, document);
      noteRole(trail, 'PutRolePolicy', by, role.name, ownPolicy, document);
    } else if (role.policies.delete(ownPolicy)) noteRole(trail, 'DeleteRolePolicy', by, role.name, ownPolicy);
    takeEffect(base, role, true);
  };
  return {
    putRole(name, { trust, statements, boundary }, by = owner) {
      const old = roles.get(name);
      const role: Role = old ?? { name, trust: trust ?? gatewayTrust, policies: new Map(), attached: new Map(), inForce: [], written: 0 };
      if (trust) role.trust = trust;
      if (boundary) role.boundary = boundary;
      roles.set(name, role);
      if (!old) noteRole(trail, 'CreateRole', by, name, undefined);
      else if (trust) noteRole(trail, 'UpdateAssumeRolePolicy', by, name, undefined);
      if (statements) writePolicy(role, statements, by);
    },
    deleteRole(name, by = owner) {
      roles.delete(name);
      noteRole(trail, 'DeleteRole', by, name, undefined);
    },
    putManaged(name, statements) {
      const policyArn = `arn:aws:iam::${base.here.accountId}:policy/${name}`;
      const policy = managed.get(policyArn) ?? { arn: policyArn, versions: [] };
      policy.versions.push(documentOf(statements));
      managed.set(policyArn, policy);
      return policyArn;
    },
    attach(name, policyArn, by = owner) {
      const [role, policy] = [roles.get(name), managed.get(policyArn)];
      if (!role || !policy) throw new Error(`there is no role ${name} or no policy ${policyArn}`);
      role.attached.set(policyArn, policy);
      noteAttachment(trail, 'AttachRolePolicy', by, name, policyArn);
      takeEffect(base, role, true);
    },
    detach(name, policyArn, by = owner) {
      const role = roles.get(name);
      if (!role?.attached.delete(policyArn)) throw new Error(`there is no role ${name} with the policy ${policyArn}`);
      noteAttachment(trail, 'DetachRolePolicy', by, name, policyArn);
      takeEffect(base, role, true);
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
      const capacity = writeUnits === undefined ? undefined : { readUnits: writeUnits, writeUnits };
      if (old) setCapacity(old, capacity, at);
      else
        tables.set(name, {
          name,
          key,
          capacity,
          becoming: undefined,
          decreases: [],
          credit: { units: 0, at },
          series: metrics.series('AWS/DynamoDB', { TableName: name }, ['ConsumedWriteCapacityUnits', 'WriteThrottleEvents']),
          byOperation: (Operation) =>
            metrics.series('AWS/DynamoDB', { TableName: name, Operation }, ['ThrottledRequests', 'SuccessfulRequestLatency']),
        });
      note(old ? 'UpdateTable' : 'CreateTable', 'dynamodb', by, { tableName: name });
    },
    steerTable: (name) => void provisioning.steered.add(`table/${name}`),
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
