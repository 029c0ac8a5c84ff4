// Execution environments: concurrency grows with traffic, idle ones go, provisioned ones stay; limits of function and account throttle.
import type { LambdaFunction, Release } from './functions.ts';

export interface Environment {
  busyUntil: number;
  /** The qualifier whose provisioned concurrency holds it; kept warm for it alone. */
  provisionedFor?: string;
}

export interface Slot {
  readonly environment: Environment;
  readonly cold: boolean;
  readonly provisioned: boolean;
  readonly spillover: boolean;
}
export type Acquired = Slot | { readonly throttledBy: 'function' | 'account' };

/** What the account's limit leaves to functions without a reservation. */
export interface Pool {
  unreserved(): number;
  functions(): Iterable<LambdaFunction>;
  /** At least as many as there are on-demand environments; counted anew when it reaches the limit. */
  atMost: number;
}

/** Environments of all versions that work at `at`. */
export function busy(fn: LambdaFunction, at: number): number {
  let n = 0;
  for (const list of fn.environments.values()) for (const e of list) if (e.busyUntil > at) n++;
  return n;
}

function busyOnDemand(fn: LambdaFunction, at: number): number {
  let n = 0;
  for (const list of fn.environments.values()) for (const e of list) if (e.busyUntil > at && e.provisionedFor === undefined) n++;
  return n;
}

export function provisionedOf(fn: LambdaFunction): number {
  let n = 0;
  for (const p of fn.provisioned.values()) n += p.requested;
  return n;
}

function environmentsOf(fn: LambdaFunction, version: string, at: number): Environment[] {
  const list = fn.environments.get(version) ?? [];
  const kept = list.some((e) => e.provisionedFor === undefined && at - e.busyUntil > fn.idleMs)
    ? list.filter((e) => e.provisionedFor !== undefined || at - e.busyUntil <= fn.idleMs)
    : list;
  fn.environments.set(version, kept);
  return kept;
}

/** The free one used last: so that spare ones fall idle. */
function freest(list: readonly Environment[], at: number, wanted: (e: Environment) => boolean): Environment | undefined {
  let best: Environment | undefined;
  for (const e of list) if (e.busyUntil <= at && wanted(e) && (!best || e.busyUntil > best.busyUntil)) best = e;
  return best;
}

function overFunctionLimit(fn: LambdaFunction, at: number): boolean {
  return fn.reserved !== undefined && busyOnDemand(fn, at) >= fn.reserved - provisionedOf(fn);
}

function overAccountLimit(fn: LambdaFunction, pool: Pool, at: number): boolean {
  if (fn.reserved !== undefined) return false;
  const limit = pool.unreserved();
  if (pool.atMost < limit) return false; // no need to count who works
  pool.atMost = 0;
  let working = 0;
  for (const other of pool.functions()) {
    for (const list of other.environments.values()) pool.atMost += list.length;
    if (other.reserved === undefined) working += busyOnDemand(other, at);
  }
  return working >= limit;
}

/** Takes an environment for one invocation: provisioned, then warm, then a new one. */
export function acquire(fn: LambdaFunction, release: Release, qualifier: string | undefined, pool: Pool, at: number): Acquired {
  const list = environmentsOf(fn, release.version, at);
  const held = qualifier === undefined ? undefined : fn.provisioned.get(qualifier);
  const provisioned = held ? freest(list, at, (e) => e.provisionedFor === qualifier) : undefined;
  if (provisioned) return { environment: provisioned, cold: false, provisioned: true, spillover: false };
  if (overFunctionLimit(fn, at)) return { throttledBy: 'function' };
  const spillover = held?.status === 'READY';
  const warm = freest(list, at, (e) => e.provisionedFor === undefined);
  if (overAccountLimit(fn, pool, at)) return { throttledBy: 'account' };
  if (warm) return { environment: warm, cold: false, provisioned: false, spillover };
  const made: Environment = { busyUntil: at };
  list.push(made);
  pool.atMost++;
  return { environment: made, cold: true, provisioned: false, spillover };
}
