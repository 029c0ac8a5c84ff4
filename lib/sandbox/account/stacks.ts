// CloudFormation stacks that own functions and permissions: events at once, status over the length of a deploy, CloudTrail later.
import { type Base, hexOf } from './base.ts';
import { arnOf, type Functions } from './functions.ts';
import type { Permissions } from './permissions.ts';

/** An AWS::Lambda::Permission of a stack's template; its ids are made up where not said. */
export interface StackPermissionSpec {
  readonly logicalId?: string;
  readonly statementId?: string;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly sourceArn: string;
  readonly sourceAccount?: string;
}
export interface StackSpec {
  readonly name: string;
  readonly functions: readonly string[];
  readonly permissions?: readonly StackPermissionSpec[];
  readonly tags?: Readonly<Record<string, string>>;
  /** By logical id: what its template says of a resource. */
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
export interface DeploySpec {
  /** By statement id or logical id, or as they were added. */
  readonly removePermissions?: readonly (string | Pick<StackPermissionSpec, 'functionName' | 'qualifier' | 'statementId'>)[];
  readonly addPermissions?: readonly StackPermissionSpec[];
  readonly durationMs?: number;
  readonly trailDelayMs?: number;
}
export interface StackEvent {
  readonly id: string;
  readonly at: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: string;
}
export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly createdAt: number;
  updatedAt: number | undefined;
  status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: NonNullable<StackSpec['metadata']>;
  readonly events: StackEvent[];
  readonly permissions: Owned[];
}
interface Owned extends StackPermissionSpec {
  readonly logicalId: string;
  readonly statementId: string;
}
export interface Stacks {
  readonly all: Map<string, Stack>;
  put(spec: StackSpec): Stack;
  deploy(name: string, spec: DeploySpec): void;
}

/** CloudFormation makes statement ids of stack, logical id and a random tail. */
function owned(base: Base, stack: string, p: StackPermissionSpec): Owned {
  const logicalId = p.logicalId ?? (p.statementId ?? `${p.functionName}${p.qualifier ?? ''}Invoke`).replaceAll(/[^A-Za-z0-9]/g, '');
  return { ...p, logicalId, statementId: p.statementId ?? `${stack}-${logicalId}-${hexOf(12, base.seed, stack, logicalId)}` };
}

const at = (p: Pick<StackPermissionSpec, 'functionName' | 'qualifier'>) => ({
  name: p.functionName,
  ...(p.qualifier === undefined ? {} : { qualifier: p.qualifier }),
});

const properties = (base: Base, p: StackPermissionSpec): string =>
  JSON.stringify({
    FunctionName: arnOf(base, p.functionName, p.qualifier),
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: p.sourceArn,
    ...(p.sourceAccount === undefined ? {} : { SourceAccount: p.sourceAccount }),
  });

/** Clean-up (where CloudFormation deletes what the template no longer has) begins this far into a deploy, at the latest after five seconds. */
const cleanupAfterMs = (durationMs: number): number => Math.min(5000, durationMs / 10);

export function createStacks(base: Base, functions: Functions, permissions: Permissions): Stacks {
  const all = new Map<string, Stack>();
  const event = (
    stack: Stack,
    logicalId: string,
    physicalId: string,
    type: string,
    status: string,
    more: { reason?: string; properties?: string } = {},
  ): void => void stack.events.push({ id: base.id(), at: base.clock.now(), logicalId, physicalId, type, status, ...more });
  const self = (stack: Stack, status: string, reason?: string): void => {
    stack.status = status;
    event(stack, stack.name, stack.id, 'AWS::CloudFormation::Stack', status, reason === undefined ? {} : { reason });
  };
  const permission = (stack: Stack, p: Owned, status: string): void =>
    event(stack, p.logicalId, p.statementId, 'AWS::Lambda::Permission', status, { properties: properties(base, p) });
  const grant = (stack: Stack, spec: StackPermissionSpec): void => {
    const p = owned(base, stack.name, spec);
    permission(stack, p, 'CREATE_IN_PROGRESS');
    const input = {
      statementId: p.statementId,
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: p.sourceArn,
      ...(p.sourceAccount === undefined ? {} : { sourceAccount: p.sourceAccount }),
    };
    const added = permissions.add(at(p), input, { kind: 'stack', stack: stack.name });
    permission(stack, p, added.ok ? 'CREATE_COMPLETE' : 'CREATE_FAILED');
    if (added.ok) stack.permissions.push(p);
  };
  const find = (stack: Stack, wanted: NonNullable<DeploySpec['removePermissions']>[number]): Owned => {
    const found = stack.permissions.find((p) =>
      typeof wanted === 'string'
        ? p.logicalId === wanted || p.statementId === wanted
        : p.functionName === wanted.functionName &&
          p.qualifier === wanted.qualifier &&
          (wanted.statementId ?? p.statementId) === p.statementId,
    );
    if (!found)
      throw new Error(
        `the stack ${stack.name} has no permission ${JSON.stringify(wanted)}; it has ${stack.permissions.map((p) => p.logicalId).join(', ') || 'none'}`,
      );
    return found;
  };
  const revoke = (stack: Stack, p: Owned, trailDelayMs: number | undefined): void => {
    permission(stack, p, 'DELETE_IN_PROGRESS');
    permissions.remove(at(p), p.statementId, { kind: 'stack', stack: stack.name }, trailDelayMs === undefined ? {} : { trailDelayMs });
    permission(stack, p, 'DELETE_COMPLETE');
    stack.permissions.splice(stack.permissions.indexOf(p), 1);
  };
  const tag = (stack: Stack, name: string): void => {
    const fn = functions.all.get(name);
    if (!fn) throw new Error(`the stack ${stack.name} owns the function ${name}, which does not exist; put the function first`);
    fn.tags = {
      ...fn.tags,
      'aws:cloudformation:stack-name': stack.name,
      'aws:cloudformation:stack-id': stack.id,
      'aws:cloudformation:logical-id': name.replaceAll(/[^A-Za-z0-9]/g, ''),
    };
    for (const status of ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'])
      event(stack, name.replaceAll(/[^A-Za-z0-9]/g, ''), name, 'AWS::Lambda::Function', status);
  };
  return {
    all,
    put(spec) {
      const stack: Stack = {
        name: spec.name,
        id: `arn:aws:cloudformation:${base.here.region}:${base.here.accountId}:stack/${spec.name}/${base.id()}`,
        createdAt: base.clock.now(),
        updatedAt: undefined,
        status: 'CREATE_IN_PROGRESS',
        tags: spec.tags ?? {},
        metadata: spec.metadata ?? {},
        events: [],
        permissions: [],
      };
      all.set(spec.name, stack);
      self(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
      for (const name of spec.functions) tag(stack, name);
      for (const p of spec.permissions ?? []) grant(stack, p);
      self(stack, 'CREATE_COMPLETE');
      return stack;
    },
    deploy(name, spec) {
      const stack = all.get(name);
      if (!stack) throw new Error(`there is no stack ${name}; put it first`);
      const durationMs = spec.durationMs ?? 60_000;
      const removed = (spec.removePermissions ?? []).map((wanted) => find(stack, wanted));
      stack.updatedAt = base.clock.now();
      self(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
      for (const p of spec.addPermissions ?? []) grant(stack, p);
      base.clock.after(
        cleanupAfterMs(durationMs),
        () => {
          self(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
          for (const p of removed) revoke(stack, p, spec.trailDelayMs);
        },
        { quiet: true },
      );
      base.clock.after(durationMs, () => self(stack, 'UPDATE_COMPLETE'), { quiet: true });
    },
  };
}
