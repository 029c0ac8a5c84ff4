// CodeDeploy as far as Lambda goes: a deployment shifts an alias to another version step by step, can be stopped, and rolls back.
// Somebody else's hand on the alias meanwhile makes it fail, as the real one does (fixes.md §5).
import { ok, type Result } from '../../model/result.ts';
import { moveAlias } from './aliases.ts';
import { type Base, hexOf } from './base.ts';
import { fail, type Failure } from './failure.ts';
import type { Functions, LambdaFunction } from './functions.ts';
import type { Provisioning } from './provisioning.ts';
import type { Trail } from './trail.ts';

export interface ShiftSpec {
  readonly application: string;
  readonly group: string;
  readonly functionName: string;
  readonly alias: string;
  /** The version to arrive at. */
  readonly to: string;
  /** Share of the traffic a step shifts, 0 to 1; everything at once where it is 1. */
  readonly step: number;
  readonly everyMs: number;
}
export interface Deployment extends ShiftSpec {
  readonly id: string;
  readonly from: string;
  readonly createdAt: number;
  /** The deployment it rolls back. */
  readonly rollsBack?: string;
  status: 'InProgress' | 'Succeeded' | 'Stopped' | 'Failed';
  /** Share of the traffic on `to`. */
  weight: number;
  rollbackId?: string;
}
export interface CodeDeploy {
  readonly all: Map<string, Deployment>;
  begin(spec: ShiftSpec): Result<Deployment, Failure>;
  stop(id: string, rollBack: boolean): Result<Deployment, Failure>;
}

interface Around {
  readonly base: Base;
  readonly functions: Functions;
  readonly provisioning: Provisioning;
  readonly trail: Trail;
}
const by = { kind: 'role', name: 'codedeploy' } as const;
/** How long a rollback takes to begin. */
const rollbackMs = 2000;

export function createCodeDeploy(around: Around): CodeDeploy {
  const { base, functions } = around;
  const all = new Map<string, Deployment>();
  const aliasOf = (d: Pick<Deployment, 'functionName' | 'alias'>) => functions.all.get(d.functionName)?.aliases.get(d.alias);
  const move = (fn: LambdaFunction, d: Deployment, weight: number): void => {
    d.weight = weight;
    const done = weight >= 1;
    moveAlias(around, fn, { name: d.alias, version: done ? d.to : d.from, weights: done ? {} : { [d.to]: weight }, by });
    if (done) d.status = 'Succeeded';
  };
  /** As the last step left it: anything else is another hand's. */
  const untouched = (d: Deployment): boolean => {
    const alias = aliasOf(d);
    return alias?.version === d.from && (alias.weights[d.to] ?? 0) === d.weight;
  };
  const step = (d: Deployment): void => {
    if (d.status !== 'InProgress') return;
    const fn = functions.all.get(d.functionName);
    if (!fn || !untouched(d)) {
      d.status = 'Failed';
      return;
    }
    move(fn, d, Math.min(1, Math.round((d.weight + d.step) * 100) / 100));
    base.clock.after(d.everyMs, () => step(d), { quiet: true });
  };
  const put = (spec: ShiftSpec, from: string, more: Partial<Deployment> = {}): Deployment => {
    const id = `d-${hexOf(9, base.seed, 'deployment', base.next()).toUpperCase()}`;
    const d: Deployment = { ...spec, id, from, createdAt: base.clock.now(), status: 'InProgress', weight: 0, ...more };
    all.set(id, d);
    return d;
  };
  /** The rollback is a deployment of its own: everything back to the version before, at once. */
  const rollBack = (d: Deployment): void => {
    const back = put({ ...d, to: d.from, step: 1 }, d.to, { rollsBack: d.id });
    d.rollbackId = back.id;
    base.clock.after(
      rollbackMs,
      () => {
        const fn = functions.all.get(d.functionName);
        if (fn) move(fn, back, 1);
        else back.status = 'Failed';
      },
      { quiet: true },
    );
  };
  return {
    all,
    begin(spec) {
      const alias = aliasOf(spec);
      if (!alias) return fail('refused', 'InvalidRevisionException', `there is no alias ${spec.functionName}:${spec.alias}`);
      const d = put(spec, alias.version);
      step(d);
      return ok(d);
    },
    stop(id, back) {
      const d = all.get(id);
      if (!d) return fail('refused', 'DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
      if (d.status !== 'InProgress') return fail('refused', 'DeploymentAlreadyCompletedException', `Deployment ${id} is already completed`);
      d.status = 'Stopped';
      if (back) rollBack(d);
      return ok(d);
    },
  };
}
