// Rows that somebody bent in the table: another target, another value to go back to, a setting that is none, a step nobody knows. The account is
// never written to by what stands there; whoever asked is told, and the other rows go on.
import { expect } from 'vitest';
import { hashOf } from '../../lib/journal/hash.ts';
import type { Change, ChangeRecord } from '../../lib/model/change.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import prove from '../../lib/stages/prove.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { carry, changeOf, decided, undo, writes } from '../laws/carrying.ts';
import { faultOf } from '../laws/faults.ts';
import { id, incidentOf } from '../laws/workshop-rows.ts';
import type { Workshop } from '../laws/workshop.ts';
import { changeAt } from '../messages/incidents.ts';
import type { Attack, Room } from './attack.ts';
import { channelWith, myChange } from './pressed.ts';

const fault = faultOf('re-add-invoke-permission');

/** What of a stored change is bent, so that carrying it out or taking it back would write something nobody decided. */
const bends: readonly (readonly [string, (change: Change) => Change])[] = [
  ['another function', (c) => ({ ...c, target: { ...(c.target as object), functionName: 'payroll' } })],
  ['a wider source', (c) => ({ ...c, to: { ...(c.to as object), sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:*' } })],
  [
    'another value to go back to',
    (c) => ({ ...c, from: { ...(c.to as object), sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:*' } }),
  ],
  ['a setting that is none', (c) => ({ ...c, setting: 'security-off' })],
  ['a setting that every object has', (c) => ({ ...c, setting: 'constructor' })],
  ['a target of another shape', (c) => ({ ...c, target: { everything: '*' } })],
  ['a value of another shape', (c) => ({ ...c, to: 42 })],
];

async function bentAt(step: 'decided' | 'applying' | 'applied', bend: (change: Change) => Change): Promise<Workshop> {
  const shop = await decided(fault);
  const changes = (all: readonly Change[]): readonly Change[] => all.map(bend);
  if (step === 'decided')
    await rows.incident.update(shop.store, id, (i) =>
      i.decision?.do === 'act'
        ? { ...i, decision: { ...i.decision, plan: { ...i.decision.plan, changes: changes(i.decision.plan.changes) } } }
        : undefined,
    );
  else {
    await carry(shop);
    const { id: changeId } = await changeOf(shop);
    const back = (c: ChangeRecord): ChangeRecord => (step === 'applied' ? c : { ...c, step: 'applying', entries: c.entries.slice(0, 2) });
    await rows.change.update(shop.store, changeId, (c) => ({ ...back(c), plan: { ...c.plan, changes: changes(c.plan.changes) } }));
  }
  shop.wire.length = 0;
  return shop;
}
const apply = (shop: Workshop) => shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id })) as Promise<Routed>;
const takeBack = (shop: Workshop) =>
  shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id })) as Promise<Routed>;

/** Not one call that writes, and the account as it stood. */
async function untouched(shop: Workshop, work: () => Promise<void>): Promise<void> {
  const before = shop.account.snapshot();
  await work();
  expect(writes(shop.wire)).toEqual([]);
  expect(shop.account.snapshot()).toEqual(before);
}

const inTheAccount: readonly Attack[] = bends.flatMap(([what, bend]): readonly Attack[] => [
  {
    name: `${what} in a decision: nothing is carried out`,
    run: async () => {
      const shop = await bentAt('decided', bend);
      await untouched(shop, async () => {
        expect((await apply(shop)).next).toBe('investigate');
      });
      expect((await incidentOf(shop)).notes.at(-1)?.says).toMatch(/nothing was changed: /);
    },
  },
  {
    name: `${what} in a change under way: a person is called`,
    run: async () => {
      const shop = await bentAt('applying', bend);
      // a decision says the same as its journal, or it would be the decision that is looked at
      await untouched(shop, async () => {
        expect((await apply(shop)).next).toBe('take-back');
        await takeBack(shop);
      });
      expect(await changeOf(shop)).toMatchObject({ step: 'stuck' });
      expect((await incidentOf(shop)).notes.at(-1)?.says).toMatch(
        /a person is needed: this version cannot read the change: .*in its row stands: /,
      );
    },
  },
  {
    name: `${what} in a change that stands: a person’s Undo is refused in a sentence`,
    run: async () => {
      const shop = await bentAt('applied', bend);
      await untouched(shop, async () => {
        expect((await undo(shop, (await changeOf(shop)).id)).end).toBe('refused');
      });
      expect((await incidentOf(shop)).notes.at(-1)?.says).toMatch(/nothing was taken back: this version cannot read the change/);
      expect((await changeOf(shop)).step).toBe('applied');
    },
  },
  {
    name: `${what} in a change that stands: the sweeper’s Undo, a lease’s end and a proof call a person`,
    run: async () => {
      for (const why of ['sweeper', 'lease'] as const) {
        const shop = await bentAt('applied', bend);
        if (why === 'lease')
          await rows.change.update(shop.store, (await changeOf(shop)).id, (c) => ({ ...c, leaseEndsAt: shop.clock.now() }));
        await untouched(shop, async () => {
          expect((await undo(shop, (await changeOf(shop)).id, 'undo-1', why)).end).toBe('stuck');
        });
        expect((await changeOf(shop)).entries.at(-1)?.why).toMatch(/in its row stands: /);
      }
      const shop = await bentAt('applied', bend);
      await untouched(shop, async () => {
        expect(((await shop.run(prove.run(shop.world('prove'), { incidentId: id }))) as Routed).next).toBe('take-back');
        await takeBack(shop);
      });
      expect((await changeOf(shop)).step).toBe('stuck');
    },
  },
]);

const without = (record: Record<string, unknown>, field: string): unknown =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== field));
/** Rows of another shape altogether. */
const shapes: readonly (readonly [string, (record: Record<string, unknown>) => unknown])[] = [
  ['a step nobody knows', (r) => ({ ...r, step: 'rebooting' })],
  ['no plan', (r) => without(r, 'plan')],
  ['no entries', (r) => without(r, 'entries')],
  ['a later version', (r) => ({ ...r, version: 2 })],
  ['entries by nobody', (r) => ({ ...r, entries: [{ n: 1, step: 'planned', at: 1 }] })],
  ['a text', () => 'undone'],
];

/** Writes the row as it is, past every schema. */
async function overwrite(
  shop: Pick<Workshop, 'store'>,
  changeId: string,
  bend: (record: Record<string, unknown>) => unknown,
): Promise<void> {
  const item = await shop.store.get(rows.change.key(changeId));
  if (!item) throw new Error(`no change ${changeId}`);
  const { key, version, list } = item;
  await shop.store.putIfUnchanged({ key, value: bend(item.value as Record<string, unknown>), ...(list ? { list } : {}) }, version);
}

const otherShapes: readonly Attack[] = shapes.flatMap(([what, bend]): readonly Attack[] => [
  {
    name: `a change’s row with ${what}: nothing is taken back, and nothing else stops`,
    run: async () => {
      const shop = await decided(fault);
      await carry(shop);
      const { id: changeId } = await changeOf(shop);
      await overwrite(shop, changeId, bend);
      shop.wire.length = 0;
      await untouched(shop, async () => {
        const end = (await shop.run(
          carryOut.run(shop.world('carry-out'), { do: 'undo', changeId, why: 'person', name: 'undo-1', by: { id: 'U012AB3CD' } }),
        )) as Undone;
        expect(end.end).toBe('refused');
        // the incident goes on, and whatever it plans next is asked for
        const routed = (await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed;
        expect(routed.next).not.toBe('carry-out');
      });
    },
  },
  {
    name: `a change’s row with ${what}: its button says so`,
    run: async () => {
      for (const act of ['undo', 'keep'] as const) {
        const there = await channelWith({ changes: [myChange] });
        await overwrite(there, myChange.id, bend);
        expect(await there.press({ act })).toMatchObject({
          did: 'nothing',
          says: expect.stringMatching(/cannot read the row of this change/) as string,
        });
        expect(there.undos.size).toBe(0);
      }
    },
  },
]);

const pressed: readonly Attack[] = bends.flatMap(([what, bend]) =>
  (['undo', 'keep'] as const).map((act) => ({
    name: `${act} of a change with ${what}: refused in a sentence`,
    run: async () => {
      const there = await channelWith({ changes: [{ ...myChange, leaseEndsAt: Number.MAX_SAFE_INTEGER }] });
      await rows.change.update(there.store, myChange.id, (c) => ({ ...c, plan: { ...c.plan, changes: c.plan.changes.map(bend) } }));
      const before = await there.state();
      expect(await there.press({ act })).toMatchObject({
        did: 'nothing',
        says: expect.stringMatching(/cannot read this change/) as string,
      });
      expect(await there.state()).toBe(before);
    },
  })),
);
const rehashed: Attack = {
  name: 'another function with a hash of its own: the button shows another hash',
  run: async () => {
    const there = await channelWith({ changes: [changeAt('verified', myChange)] });
    await rows.change.update(there.store, myChange.id, (c) => {
      const changes = c.plan.changes.map((one) => ({ ...one, target: { ...(one.target as object), functionName: 'payroll' } }));
      return { ...c, plan: { ...c.plan, changes, hash: hashOf(c.plan.fix, changes) } };
    });
    expect(await there.press({ act: 'undo' })).toMatchObject({
      did: 'nothing',
      says: expect.stringMatching(/no longer the one you saw/) as string,
    });
  },
};

export const tampered: Room = { of: 'rows that somebody bent', attacks: [...inTheAccount, ...otherShapes, ...pressed, rehashed] };
