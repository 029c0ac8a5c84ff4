// The journal: only legal steps, by compare-and-set; the lock: one at a time, a lease, a fence; the hash: order of keys is nothing.
import { array, assert, constantFrom, dictionary, jsonValue, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import { canonical, hashOf, nameOf } from '../../lib/journal/hash.ts';
import { advance, amend, gatemedic, keepWhatIsOver, plan } from '../../lib/journal/journal.ts';
import { lock, lockAll, lockLeaseMs, heldForMs, unlock } from '../../lib/journal/lock.ts';
import { ended, mayFollow, replay, table } from '../../lib/journal/table.ts';
import { steps, type ChangeRecord, type Plan, type Step } from '../../lib/model/change.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { rows } from '../../lib/store/rows.ts';

const somePlan: Plan = { fix: 'a', cause: 'b', changes: [], hash: 'h', preview: [], snippets: [] };
const at = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1b2c3', stage: 'prod' } as const;
const ledger = () => {
  const clock = { at: 1000 };
  return { store: memoryStore(), now: () => clock.at, clock };
};
const draft = { id: 'chg-1', incidentId: 'inc-1', at, plan: somePlan };

describe('the table of states', () => {
  test('is the one of the design', () => {
    expect(table).toEqual({
      planned: ['applying', 'dropped'],
      dropped: [],
      applying: ['applied', 'undoing'],
      applied: ['verified', 'failed', 'undoing', 'kept'],
      verified: ['kept', 'undoing'],
      failed: ['undoing'],
      undoing: ['undone', 'stuck', 'kept'],
      undone: [],
      kept: [],
      stuck: ['settled'],
      settled: [],
    });
    expect(ended).toEqual(['dropped', 'kept', 'undone', 'settled']);
  });

  test('a replayed journal is legal at every step, or throws', () => {
    const journal = (list: readonly Step[]) => list.map((step, i) => ({ n: i + 1, step, at: i, by: gatemedic }));
    const legal = (list: readonly Step[]) => list.every((step, i) => i === 0 || mayFollow(list[i - 1] ?? 'planned', step));
    const ends = (list: readonly Step[]): string | undefined => {
      try {
        return replay(journal(list));
      } catch {
        return 'throws';
      }
    };
    assert(
      property(array(constantFrom(...steps), { maxLength: 6 }), (more) => {
        const list: Step[] = ['planned', ...more];
        return ends(list) === (legal(list) ? list.at(-1) : 'throws');
      }),
    );
    expect(ends(['planned', 'applying', 'applied', 'verified', 'undoing', 'undone'])).toBe('undone');
  });

  test('a journal with a gap, or without its beginning, is refused', () => {
    expect(() => replay([])).toThrow(/starts with nothing/);
    expect(() =>
      replay([
        { n: 1, step: 'planned', at: 0, by: gatemedic },
        { n: 3, step: 'applying', at: 0, by: gatemedic },
      ]),
    ).toThrow(/without gaps/);
  });

  test('every pair of steps: advance takes the legal ones and throws at the others', async () => {
    for (const from of steps)
      for (const to of steps.filter((s) => s !== from)) {
        const world = ledger();
        const record: ChangeRecord = { ...draft, step: from, entries: [{ n: 1, step: from, at: 0, by: gatemedic }] };
        await rows.change.create(world.store, record.id, record);
        const answer = await advance(world, record.id, to, gatemedic).then(
          () => 'taken',
          (error: Error) => error.message,
        );
        const legal = mayFollow(from, to);
        expect(answer).toMatch(legal ? 'taken' : `cannot go from ${from} to ${to}`);
        expect((await rows.change.get(world.store, record.id))?.value.step).toBe(legal ? to : from);
      }
  });
});

describe('the journal', () => {
  test('planned twice is planned once; the first plan stands', async () => {
    const world = ledger();
    await plan(world, draft);
    expect((await plan(world, { ...draft, plan: { ...somePlan, hash: 'other' } })).plan.hash).toBe('h');
  });

  test('a step taken again writes no second entry', async () => {
    const world = ledger();
    await plan(world, draft);
    await advance(world, 'chg-1', 'applying', gatemedic);
    expect((await advance(world, 'chg-1', 'applying', gatemedic)).entries).toHaveLength(2);
  });

  test('of two writers at once, one takes the step and the other is refused', async () => {
    const world = ledger();
    await plan(world, draft);
    await advance(world, 'chg-1', 'applying', gatemedic);
    await advance(world, 'chg-1', 'applied', gatemedic);
    const both = await Promise.allSettled([advance(world, 'chg-1', 'verified', gatemedic), advance(world, 'chg-1', 'failed', gatemedic)]);
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  });

  test('fields are amended without a step', async () => {
    const world = ledger();
    await plan(world, draft);
    expect(await amend(world, 'chg-1', (r) => ({ undoTries: (r.undoTries ?? 0) + 1 }))).toMatchObject({ undoTries: 1, step: 'planned' });
    expect(await amend(world, 'chg-1', () => undefined)).toMatchObject({ undoTries: 1 });
  });

  test('what can no longer be undone is kept for good; a lease is not', async () => {
    const world = ledger();
    for (const [id, more] of [
      ['a', { undoUntilAt: 2000 }],
      ['b', { undoUntilAt: 2000, leaseEndsAt: 5000 }],
      ['c', { undoUntilAt: 9000 }],
    ] as const) {
      await plan(world, { ...draft, id });
      await advance(world, id, 'applying', gatemedic);
      await advance(world, id, 'applied', gatemedic, undefined, more);
      await advance(world, id, 'verified', gatemedic);
    }
    // nobody could judge this one
    await plan(world, { ...draft, id: 'd' });
    await advance(world, 'd', 'applying', gatemedic);
    await advance(world, 'd', 'applied', gatemedic, undefined, { undoUntilAt: 2000 });
    world.clock.at = 3000;
    expect((await keepWhatIsOver(world)).toSorted()).toEqual(['a', 'd']);
    for (const id of ['a', 'd']) expect((await rows.change.get(world.store, id))?.value.step).toBe('kept');
  });
});

describe('the lock', () => {
  test('holds longer than the function that takes it may run', () => {
    expect(lockLeaseMs).toBeGreaterThan((duties.find((d) => d.id === 'carry-out')?.timeoutSeconds ?? Infinity) * 1000);
  });

  test('is held by one; free again when given back, or when its time is over', async () => {
    const world = ledger();
    const one = await lock(world, 'k', 'one');
    expect(await lock(world, 'k', 'two')).toMatchObject({ held: false, owner: 'one' });
    if (!one.held) throw new Error('not held');
    expect(await heldForMs(world, one)).toBeGreaterThan(0);
    await unlock(world, one);
    expect(await lock(world, 'k', 'two')).toMatchObject({ held: true });
    world.clock.at += lockLeaseMs + 1;
    expect(await lock(world, 'k', 'three')).toMatchObject({ held: true });
  });

  test('its owner takes it again after a crash, and the crashed holder’s fence is void', async () => {
    const world = ledger();
    const first = await lock(world, 'k', 'one');
    const second = await lock(world, 'k', 'one');
    if (!first.held || !second.held) throw new Error('not held');
    expect(await heldForMs(world, first)).toBe(0);
    expect(await heldForMs(world, second)).toBeGreaterThan(0);
  });

  test('a holder who slept too long finds out, and does not free the next one’s lock', async () => {
    const world = ledger();
    const slow = await lock(world, 'k', 'slow');
    world.clock.at += lockLeaseMs + 1;
    const quick = await lock(world, 'k', 'quick');
    if (!slow.held || !quick.held) throw new Error('not held');
    expect(await heldForMs(world, slow)).toBe(0);
    await unlock(world, slow);
    expect(await heldForMs(world, quick)).toBeGreaterThan(0);
  });

  test('a fence never comes twice', async () => {
    const world = ledger();
    const fences = new Set<number>();
    for (const owner of ['a', 'b', 'a', 'c']) {
      const held = await lock(world, 'k', owner);
      if (!held.held) throw new Error('not held');
      fences.add(held.fence);
      await unlock(world, held);
    }
    expect(fences.size).toBe(4);
  });

  test('all or nothing', async () => {
    const world = ledger();
    await lock(world, 'b', 'other');
    expect(await lockAll(world, ['c', 'b', 'a'], 'me')).toMatchObject({ busy: { key: 'b' } });
    expect(await lock(world, 'a', 'else')).toMatchObject({ held: true });
  });
});

describe('the hash of a plan', () => {
  test('does not depend on the order of keys', () => {
    assert(
      property(dictionary(string(), jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonical(turned)).toBe(canonical(object));
        expect(JSON.parse(canonical(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  test('depends on the fix, on each value, and on nothing else', () => {
    const change = { setting: 's', target: { a: 1 }, from: 'absent', to: { n: 1 } };
    const hash = hashOf('f', [change]);
    expect(hashOf('f', [{ to: { n: 1 }, from: 'absent', target: { a: 1 }, setting: 's' }])).toBe(hash);
    expect(hashOf('g', [change])).not.toBe(hash);
    expect(hashOf('f', [{ ...change, to: { n: 2 } }])).not.toBe(hash);
    expect(hashOf('f', [change, change])).not.toBe(hash);
  });

  test('a name stands for its parts, not for their joint', () => {
    expect(nameOf('a', 'b')).not.toBe(nameOf('ab'));
    expect(nameOf('a', 'b')).toBe(nameOf('a', 'b'));
  });
});
