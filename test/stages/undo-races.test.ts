// Undos that meet: each order of two of them, a crash in between, or a start that was lost ends in one undo, by whoever asked for it.
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChangeRecord } from '../../lib/model/change.ts';
import { advance } from '../../lib/journal/journal.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import { takeBack } from '../../lib/stages/changing/take-back.ts';
import decide from '../../lib/stages/decide.ts';
import { sweep } from '../../lib/stages/sweep.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { undo as pressUndo } from '../../lib/stages/telling/answer-change.ts';
import { rows } from '../../lib/store/rows.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';
import { plan } from '../messages/incidents.ts';
import { changeRow, incidentRow, t } from './upkeep-rows.ts';
import { upkeepWorld } from './upkeep-world.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const minute = 60_000;
const ada = { kind: 'person', id: 'U012AB3CD', name: 'Ada' } as const;
let shop: Workshop;

const incident = () => incidentOf(shop);
const change = () => newestChangeOf(shop);
const apply = () => shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id })) as Promise<Routed>;
const undo = async (why: 'person' | 'lease' | 'sweeper', name = `${why}-1`) =>
  (
    (await shop.run(
      carryOut.run(shop.world('carry-out'), { do: 'undo', changeId: (await change()).id, why, name, by: { id: ada.id, name: ada.name } }),
    )) as Undone
  ).end;
const ours = () => {
  const { functions } = shop.account.snapshot() as { functions: unknown };
  return JSON.stringify(functions).includes('gatemedic-');
};

beforeEach(async () => {
  shop = await openWorkshop({ fault: permissionFault });
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
});

describe('an undo that comes after another', () => {
  beforeEach(() => apply());
  test('finds it undone, although it read it as made: nothing is done twice, nothing fails', async () => {
    const stale = await change();
    expect(await undo('person')).toBe('undone');
    shop.wire.length = 0;
    expect(await shop.run(takeBack(shop.world('carry-out'), stale, { kind: 'lease' }, 'late', 'lease-1'))).toBe('undone');
    expect(shop.wire).toEqual([]);
    expect((await change()).entries.at(-1)?.by).toMatchObject(ada);
  });
  test('leaves to a later change what that one made again, after somebody had taken it away by hand', async () => {
    const first = await change();
    const begunAt = shop.account.clock.now() + minute;
    const entries = first.entries.map((e) => ({ ...e, at: e.at + minute }));
    expect(
      await rows.change.create(shop.world('carry-out').store, 'chg-later', { ...first, id: 'chg-later', appliedAt: begunAt, entries }),
    ).toBe(true);
    const order = { do: 'undo', changeId: first.id, why: 'person', name: 'person-1', by: { id: ada.id, name: ada.name } } as const;
    expect(((await shop.run(carryOut.run(shop.world('carry-out'), order))) as Undone).end).toBe('undone');
    expect(ours()).toBe(true);
    expect((await incident()).notes.at(-1)?.says).toContain('made again since');
    const later = { ...order, changeId: 'chg-later', name: 'person-2' };
    expect(((await shop.run(carryOut.run(shop.world('carry-out'), later))) as Undone).end).toBe('undone');
    expect(ours()).toBe(false);
  });
  test('finds it kept meanwhile: it stays', async () => {
    const stale = await change();
    await advance(shop.world('carry-out'), stale.id, 'verified', { kind: 'gatemedic' });
    await advance(shop.world('carry-out'), stale.id, 'kept', ada);
    expect(await shop.run(takeBack(shop.world('carry-out'), stale, { kind: 'lease' }, 'late', 'lease-1'))).toBe('refused');
    expect(ours()).toBe(true);
  });
  test('a person’s undo that the workflow finishes stays the person’s: the fix is not made again unasked', async () => {
    shop.answer = (name) => (name === 'lambda:RemovePermission' ? 'down' : undefined);
    expect(await undo('person')).toBe('refused');
    delete shop.answer;
    await shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id }));
    expect((await change()).entries.at(-1)).toMatchObject({ step: 'undone', by: ada });
    expect((await incident()).standing).toBe('undone');
    await shop.advance(2 * 60 * minute);
    await rows.incident.update(shop.store, id, (i) => ({ ...i, lastFailureAt: shop.clock.now() }));
    await shop.run(decide.run(shop.world('decide'), { incidentId: id }));
    expect((await incident()).decision).toMatchObject({
      do: 'advise',
      because: [expect.stringContaining('a person took this same fix back')],
    });
  });
});

describe('two undos at the same moment', () => {
  test('the one with the lock takes it back, the other comes again and finds it done: nobody is called for nothing', async () => {
    await apply();
    const { id: changeId } = await change();
    const order = (why: 'person' | 'sweeper', name: string) =>
      carryOut.run(shop.world('carry-out'), { do: 'undo', changeId, why, name, by: { id: ada.id, name: ada.name } }) as Promise<Undone>;
    const ends = await shop.run(Promise.all([order('person', 'undo-1'), order('person', 'again-1')]));
    expect(ends.map((e) => e.end).sort()).toEqual(['refused', 'undone']);
    expect((await change()).entries.map((e) => e.step)).toEqual(['planned', 'applying', 'applied', 'undoing', 'undone']);
    expect(shop.scheduled).toHaveLength(1);
    expect(ours()).toBe(false);
    await shop.advance(3 * minute);
    expect(await undo('person', shop.scheduled[0]?.input.name)).toBe('refused');
    expect((await incident()).standing).toBe('undone');
  });
});

describe('a crash between the write and the journal', () => {
  /** As a crash leaves it: made, and the journal still says that it is being made. */
  const crashedAfterTheWrite = async () => {
    await apply();
    const { appliedAt: _, ...made } = await change();
    await rows.change.update(shop.store, made.id, () => ({ ...made, step: 'applying', entries: made.entries.slice(0, 2) }));
    expect(ours()).toBe(true);
  };
  test('a permission through which requests go by now is kept by the sweeper, and a person may still look at it', async () => {
    await crashedAfterTheWrite();
    await shop.advance(12 * minute);
    expect(await undo('sweeper')).toBe('kept');
    expect(ours()).toBe(true);
    expect((await change()).entries.map((e) => e.step)).toEqual(['planned', 'applying', 'applied', 'kept']);
  });
  test('one that nobody uses is taken back', async () => {
    shop = await openWorkshop({ fault: permissionFault, trafficForMs: 4 * minute });
    await shop.run(decide.run(shop.world('decide'), { incidentId: id }));
    await crashedAfterTheWrite();
    await shop.advance(12 * minute);
    expect(await undo('sweeper')).toBe('undone');
    expect(ours()).toBe(false);
  });
});

describe('an undo whose execution failed before its first step', () => {
  const lost = (world: ReturnType<typeof upkeepWorld>, more: Partial<ChangeRecord> = {}) =>
    rows.change.create(
      world.store,
      'chg-1',
      changeRow(['planned', 'applying', 'applied', 'verified'], {
        plan,
        undoUntilAt: t + 20 * 60 * minute,
        undoAsked: { at: t, by: ada },
        ...more,
      }),
    );
  test('is started again by the sweeper, in the person’s name, once in half an hour', async () => {
    const world = upkeepWorld({ startAt: t });
    await rows.incident.create(world.store, 'inc-1', incidentRow({ phase: 'closed', closedAt: t, changes: ['chg-1'] }));
    await lost(world);
    await sweep(world.world, {});
    expect(world.undos.size).toBe(0);
    world.pass(11 * minute);
    await sweep(world.world, {});
    await sweep(world.world, {});
    expect([...world.undos.values()]).toEqual([
      expect.objectContaining({ changeId: 'chg-1', why: 'person', by: { id: ada.id, name: ada.name } }),
    ]);
    world.pass(30 * minute);
    await sweep(world.world, {});
    expect(world.undos.size).toBe(2);
  });
  test('is left alone once its time is over, or nobody asked', async () => {
    const world = upkeepWorld({ startAt: t });
    await lost(world, { undoUntilAt: t + minute });
    world.pass(11 * minute);
    await sweep(world.world, {});
    expect(world.undos.size).toBe(0);
  });
  test('who pressed Undo is in the change’s row before anything is started', async () => {
    const made = await apply().then(change);
    const world = shop.world('answer');
    const started: (ChangeRecord['undoAsked'] | undefined)[] = [];
    const workflow = {
      ...world.workflow,
      startUndo: async () => {
        started.push((await change()).undoAsked);
        return 'started' as const;
      },
    };
    await shop.run(
      pressUndo(
        { ...world, workflow },
        {
          act: 'undo',
          incidentId: id,
          about: made.id,
          hash: made.plan.hash,
          by: ada,
          at: shop.clock.now(),
        },
      ),
    );
    expect(started).toEqual([{ at: shop.clock.now(), by: ada }]);
  });
});
