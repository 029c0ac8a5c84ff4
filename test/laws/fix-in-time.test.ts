// Laws over every fix on a slow wire, and in a process that sleeps: nothing is written after the lock is lost or its time is over, or after the
// function's own time; and the work still comes to its end, by the next run.
import { describe, expect, test } from 'vitest';
import type { CallName } from '../../lib/aws/calls.ts';
import { table } from '../../lib/aws/table.ts';
import { callMs, tryMs } from '../../lib/aws/client.ts';
import { timeouts } from '../../lib/aws/live/settings.ts';
import { duties } from '../../lib/duties.ts';
import { lock, lockLeaseMs } from '../../lib/journal/lock.ts';
import { lockSchema } from '../../lib/store/schemas.ts';
import { rows } from '../../lib/store/rows.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import { writeMs } from '../../lib/stages/changing/in-time.ts';
import { lockKeys } from '../../lib/stages/changing/moves.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import * as v from 'valibot';
import { accountOf, carry, changeOf, decided, planOf, undoUntilDone } from './carrying.ts';
import { faults } from './faults.ts';
import { id } from './workshop-rows.ts';
import type { Workshop } from './workshop.ts';

const timeoutMs = 1000 * (duties.find((d) => d.id === 'carry-out')?.timeoutSeconds ?? 0);

test('one try is what the wire may take, and a write with its tries fits into the function with room to read before it', () => {
  expect(tryMs).toBe(timeouts.connectionTimeout + timeouts.requestTimeout);
  expect(writeMs).toBeGreaterThanOrEqual(callMs);
  expect(timeoutMs - writeMs).toBeGreaterThan(20_000);
  // whoever may still write by the function's time has the lock for longer
  expect(lockLeaseMs).toBeGreaterThan(timeoutMs);
});

/** Breaches of the law, as they happen: what reached AWS to be written, though nothing should. */
async function watched(shop: Workshop): Promise<{ readonly breaches: string[]; begin(): void }> {
  const breaches: string[] = [];
  const keys = lockKeys(await planOf(shop));
  let until = Infinity;
  shop.reached = (name) => {
    if (table[name].effect !== 'write') return;
    // the first try of each: so much must be left for the others, and for the way there
    if (until - shop.clock.now() < callMs - tryMs) breaches.push(`${name} begun ${until - shop.clock.now()} ms before the function's end`);
    if (shop.clock.now() > until) breaches.push(`${name} ${shop.clock.now() - until} ms after the function's time`);
    shop.clock.start(async () => {
      for (const item of await Promise.all(keys.map((key) => shop.store.get(rows.lock.key(key))))) {
        const held = item && v.parse(lockSchema, item.value);
        if (!held || held.owner === 'somebody else' || held.expiresAt < shop.clock.now())
          breaches.push(`${name} without the lock: ${JSON.stringify(held)}`);
      }
    });
  };
  return { breaches, begin: () => void (until = shop.clock.now() + timeoutMs) };
}

const apply = (shop: Workshop) => carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id }) as Promise<Routed>;

describe.each(faults.map((fault) => [fault.fix, fault] as const))('%s', (_, fault) => {
  test.each([1_000, 3_000, 6_000, 14_000, 29_000])('every call takes %i ms more: in time, or by the next run', async (ms) => {
    const shop = await decided(fault);
    const before = accountOf(shop, fault);
    const law = await watched(shop);
    shop.slow = () => ({ thereMs: Math.min(ms / 2, 7_000), backMs: ms / 2 });
    const next = await toItsEnd(shop, law);
    expect(law.breaches).toEqual([]);
    // so slow that it never gets to its end: given up within its time, and taken back
    expect(['wait-for-proof', 'take-back', 'investigate']).toContain(next);
    if (ms <= 1_000) expect(next).toBe('wait-for-proof');
    shop.slow = () => undefined;
    if (next === 'take-back') expect(['investigate', 'wait-for-proof']).toContain(await carry(shop));
    const { step } = await changeOf(shop);
    if (next !== 'wait-for-proof') expect(['dropped', 'undone', 'kept', 'applied']).toContain(step);
    if (step !== 'applied') expect(accountOf(shop, fault)).toEqual(before);
  });

  test.each([40_000, 100_000])(
    'asleep for %i ms before and after each write, while another may take the lock: nothing is written that should not be',
    async (ms) => {
      const calm = await decided(fault);
      await inPeace(calm);
      for (const n of aroundWrites(calm.wire)) {
        const shop = await decided(fault);
        const law = await watched(shop);
        const keys = lockKeys(await planOf(shop));
        let seen = 0;
        shop.slow = () => (seen++ === n ? { backMs: ms } : undefined);
        // whoever comes meanwhile takes what is free
        const other = async (): Promise<void> => {
          await new Promise<void>((resolve) => void shop.clock.after(ms - 1_000, resolve));
          for (const key of keys) await lock(shop.world('carry-out'), key, 'somebody else', 5_000);
        };
        shop.clock.start(other);
        law.begin();
        const { next } = await shop.run(apply(shop));
        await shop.advance(2 * lockLeaseMs);
        expect(law.breaches, `asleep after call ${n}`).toEqual([]);
        shop.slow = () => undefined;
        law.begin();
        const end = next === 'wait-for-proof' ? next : await carry(shop);
        expect(['wait-for-proof', 'investigate'], `asleep after call ${n}`).toContain(end);
        expect(law.breaches, `asleep after call ${n}, run again`).toEqual([]);
      }
    },
    120_000,
  );

  test('a second run of the same change takes the lock before and after each write: the first writes nothing after that', async () => {
    const calm = await decided(fault);
    await inPeace(calm);
    for (const n of aroundWrites(calm.wire)) {
      const shop = await decided(fault);
      const keys = lockKeys(await planOf(shop));
      let seen = 0;
      let taken = false;
      const second = async (): Promise<void> => {
        for (const key of keys) {
          const owner = v.parse(lockSchema, (await shop.store.get(rows.lock.key(key)))?.value).owner;
          await lock(shop.world('carry-out'), key, owner);
        }
        taken = true;
      };
      const late: CallName[] = [];
      shop.reached = (name) => void (taken && table[name].effect === 'write' && late.push(name));
      // while the call with this number is on its way back
      shop.slow = () => {
        if (seen++ !== n) return undefined;
        shop.clock.after(50, () => shop.clock.start(second));
        return { backMs: 100 };
      };
      await shop.run(apply(shop)).catch(() => undefined);
      expect(late, `taken after call ${n}: ${shop.wire.join()}`).toEqual([]);
      shop.reached = () => undefined;
      shop.slow = () => undefined;
      await shop.advance(2 * lockLeaseMs);
      expect(['wait-for-proof', 'investigate'], `taken after call ${n}`).toContain(await carry(shop));
    }
  });

  test('an undo on a slow wire comes again, and ends', async () => {
    const shop = await decided(fault);
    const before = accountOf(shop, fault);
    await carry(shop);
    const { id: changeId, plan } = await changeOf(shop);
    shop.slow = () => ({ backMs: 40_000 });
    const law = await watched(shop);
    law.begin();
    await shop.run(carryOut.run(shop.world('carry-out'), { do: 'undo', changeId, why: 'person', name: 'undo-1', by: { id: 'U012AB3CD' } }));
    expect(law.breaches).toEqual([]);
    shop.slow = () => undefined;
    await shop.advance(2 * lockLeaseMs);
    if (plan.oneWay?.length !== plan.changes.length) {
      expect(['undone', 'refused']).toContain(await undoUntilDone(shop, changeId));
      expect(accountOf(shop, fault)).toEqual(before);
    }
  });
});

/** The first call, those right before a write, and the writes. */
const aroundWrites = (wire: readonly CallName[]): readonly number[] =>
  wire.flatMap((name, n) => (n === 0 || table[name].effect === 'write' || table[wire[n + 1] ?? name].effect === 'write' ? [n] : []));

/** Again and again, as the workflow does, until it says something else than to carry on. */
async function toItsEnd(shop: Workshop, law: { begin(): void }): Promise<Routed['next']> {
  for (let runs = 0; runs < 200; runs++) {
    law.begin();
    const routed = await shop.run(apply(shop));
    if (routed.next !== 'carry-on') return routed.next;
    await shop.advance(Math.max(0, Date.parse(routed.untilAt) - shop.clock.now()));
  }
  throw new Error('it never came to an end');
}

/** Run once in peace, to count its calls. */
const inPeace = (shop: Workshop): Promise<Routed> => shop.run(apply(shop));
