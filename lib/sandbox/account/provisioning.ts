// Provisioned concurrency: checked as Lambda checks it, IN_PROGRESS for two to three minutes, then READY, and none usable before.
import { ok, type Result } from '../../model/result.ts';
import { type Base, spread } from './base.ts';
import { provisionedOf } from './environments.ts';
import { fail, type Failure } from './failure.ts';
import { arnOf, type Functions, type LambdaFunction, type Provisioned } from './functions.ts';

export interface Provisioning {
  put(name: string, qualifier: string | undefined, requested: number | undefined): Result<Provisioned, Failure>;
  get(name: string, qualifier: string | undefined): Result<Provisioned, Failure>;
  remove(name: string, qualifier: string | undefined): Result<void, Failure>;
  /** An alias was moved: what was warm is allocated anew. */
  moved(fn: LambdaFunction, alias: string): void;
  /** `function:name:alias` of what Application Auto Scaling steers. */
  readonly steered: Set<string>;
  /** What the account leaves to functions without a reservation. */
  unreserved(): number;
}

const refuse = (message: string) => fail('refused', 'InvalidParameterValueException', message);
/** What Lambda keeps free for functions without a reservation (AWS "Lambda quotas"). */
const unreservedMinimum = 100;

/** A published version, by itself or through an alias. */
function versionOf(fn: LambdaFunction, qualifier: string): string | undefined {
  const version = fn.aliases.get(qualifier)?.version ?? qualifier;
  return fn.versions.has(version) ? version : undefined;
}

function release(fn: LambdaFunction, p: Provisioned): void {
  p.dropped = true;
  for (const [version, list] of fn.environments)
    fn.environments.set(
      version,
      list.filter((e) => e.provisionedFor !== p.qualifier),
    );
}

/** Two configurations for one version cannot stand (AWS's own texts, recorded by LocalStack in 2025-11). */
function clash(fn: LambdaFunction, qualifier: string, version: string) {
  const other = [...fn.provisioned.values()].find((p) => p.qualifier !== qualifier && p.version === version);
  if (!other) return undefined;
  return fn.aliases.has(qualifier)
    ? fail(
        'conflict',
        'ResourceConflictException',
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      )
    : fail('conflict', 'ResourceConflictException', 'Version is pointed by a Provisioned Concurrency alias');
}

export function createProvisioning(base: Base, functions: Functions, concurrencyLimit: number): Provisioning {
  /** The limit less reservations and what is provisioned outside of one. */
  const unreserved = (): number => {
    let n = concurrencyLimit;
    for (const fn of functions.all.values()) n -= fn.reserved ?? provisionedOf(fn);
    return n;
  };
  const find = (name: string): Result<LambdaFunction, Failure> => {
    const fn = functions.all.get(name);
    return fn ? ok(fn) : fail('gone', 'ResourceNotFoundException', `Function not found: ${arnOf(base, name)}`);
  };
  const objection = (fn: LambdaFunction, qualifier: string, requested: number) => {
    if (qualifier === '$LATEST') return refuse('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    const version = versionOf(fn, qualifier);
    if (version === undefined) return refuse('The function resource provided must be an alias or a published version.');
    if (Object.keys(fn.aliases.get(qualifier)?.weights ?? {}).length > 0)
      return refuse('Provisioned Concurrency cannot be configured on an alias with a routing configuration.');
    const old = fn.provisioned.get(qualifier)?.requested ?? 0;
    if (fn.reserved !== undefined)
      return provisionedOf(fn) - old + requested > fn.reserved
        ? refuse('Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function')
        : clash(fn, qualifier, version);
    const free = unreserved() + old;
    if (requested > free)
      return refuse(`Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${free}].`);
    const least = Math.min(unreservedMinimum, concurrencyLimit);
    if (free - requested < least)
      return refuse(
        `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
      );
    return clash(fn, qualifier, version);
  };
  const finish = (fn: LambdaFunction, p: Provisioned, old: Provisioned | undefined): void => {
    if (p.dropped) return;
    if (old) release(fn, old);
    if (fn.provisioningFails !== undefined) {
      p.status = 'FAILED';
      p.reason = fn.provisioningFails;
      return;
    }
    const list = fn.environments.get(p.version) ?? [];
    for (let i = 0; i < p.requested; i++) list.push({ busyUntil: base.clock.now(), provisionedFor: p.qualifier });
    fn.environments.set(p.version, list);
    p.allocated = p.requested;
    p.status = 'READY';
  };
  const start = (fn: LambdaFunction, qualifier: string, requested: number): Provisioned => {
    const old = fn.provisioned.get(qualifier);
    const p: Provisioned = {
      qualifier,
      requested,
      version: versionOf(fn, qualifier) ?? '',
      modifiedAt: base.clock.now(),
      status: 'IN_PROGRESS',
      allocated: 0,
      dropped: false,
    };
    fn.provisioned.set(qualifier, p);
    if (old?.status === 'IN_PROGRESS') old.dropped = true;
    base.clock.after(Math.round(spread(120_000, 180_000, base.seed, 'provision', base.next())), () => finish(fn, p, old), { quiet: true });
    return p;
  };
  return {
    steered: new Set(),
    unreserved,
    put(name, qualifier, requested) {
      const fn = find(name);
      if (!fn.ok) return fn;
      if (requested === undefined || requested < 1)
        return refuse(
          'Value at provisionedConcurrentExecutions failed to satisfy constraint: Member must have value greater than or equal to 1',
        );
      const against = objection(fn.value, qualifier ?? '$LATEST', requested);
      return against ?? ok(start(fn.value, qualifier ?? '', requested));
    },
    get(name, qualifier) {
      const fn = find(name);
      if (!fn.ok) return fn;
      if (qualifier !== undefined && !fn.value.aliases.has(qualifier) && !fn.value.versions.has(qualifier))
        return fail('gone', 'ResourceNotFoundException', `Cannot find alias arn: ${arnOf(base, name, qualifier)}`);
      const p = fn.value.provisioned.get(qualifier ?? '');
      return p
        ? ok(p)
        : fail('gone', 'ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function');
    },
    remove(name, qualifier) {
      const fn = find(name);
      if (!fn.ok) return fn;
      const p = fn.value.provisioned.get(qualifier ?? '');
      if (p) release(fn.value, p);
      fn.value.provisioned.delete(qualifier ?? '');
      return ok(undefined); // Lambda answers 204 whether or not there was one
    },
    moved(fn, alias) {
      const p = fn.provisioned.get(alias);
      if (p && p.version !== fn.aliases.get(alias)?.version) start(fn, alias, p.requested);
    },
  };
}
