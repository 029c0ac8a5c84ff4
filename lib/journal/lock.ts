// The lock on a target: one change at a time on one resource. A lease, because its holder may crash; it is longer than the
// function that takes it may run, and carries the row's version as a fence, so that a holder who slept too long finds out.
import * as v from 'valibot';
import { lockSchema } from '../store/schemas.ts';
import { rows } from '../store/rows.ts';
import type { World } from '../world.ts';

type Ledger = Pick<World, 'store' | 'now'>;

/** Above the carry-out function's timeout of 60 s (lib/duties.ts; a test compares them). */
export const lockLeaseMs = 90_000;

export interface Held {
  readonly held: true;
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
}
export type Lock = Held | { readonly held: false; readonly key: string; readonly owner: string; readonly expiresAt: number };

/** Takes the lock when it is free, expired, or already the owner's (a crash came in between). */
export async function lock(world: Ledger, key: string, owner: string, leaseMs: number = lockLeaseMs): Promise<Lock> {
  const item = await world.store.get(rows.lock.key(key));
  const now = world.now();
  const value = { owner, expiresAt: now + leaseMs };
  const write = { key: rows.lock.key(key), value, expiresAt: value.expiresAt };
  const current = item && v.parse(lockSchema, item.value);
  if (current && current.owner !== owner && current.expiresAt > now) return { held: false, key, ...current };
  const written = item ? await world.store.putIfUnchanged(write, item.version) : await world.store.putIfAbsent(write);
  return written.written
    ? { held: true, key, owner, fence: written.version }
    : { held: false, key, owner: 'another, just now', expiresAt: now + leaseMs };
}

/** How long the lock is still ours: asked before each write. Nothing when another has it, or nobody. */
export async function heldForMs(world: Ledger, held: Held): Promise<number> {
  const item = await world.store.get(rows.lock.key(held.key));
  if (item?.version !== held.fence) return 0;
  const current = v.parse(lockSchema, item.value);
  return current.owner === held.owner ? Math.max(0, current.expiresAt - world.now()) : 0;
}

/** Gives the lock back, unless somebody else has it by now. It expires instead of going away, so that versions only grow and a fence never comes twice. */
export async function unlock(world: Ledger, held: Held): Promise<void> {
  const expiresAt = world.now();
  await world.store.putIfUnchanged({ key: rows.lock.key(held.key), value: { owner: held.owner, expiresAt }, expiresAt }, held.fence);
}

/** All or nothing, in one order for everybody, so that two changes cannot wait for each other. */
export async function lockAll(
  world: Ledger,
  keys: readonly string[],
  owner: string,
): Promise<{ readonly locks: readonly Held[] } | { readonly busy: Exclude<Lock, Held> }> {
  const locks: Held[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const one = await lock(world, key, owner);
    if (!one.held) {
      await unlockAll(world, locks);
      return { busy: one };
    }
    locks.push(one);
  }
  return { locks };
}
export async function unlockAll(world: Ledger, locks: readonly Held[]): Promise<void> {
  for (const one of locks) await unlock(world, one);
}
