// Journal rows that this version cannot read: told to a person once a day with all that stands in them, and nobody else has to wait.
import { expect, test } from 'vitest';
import { hashOf } from '../../lib/journal/hash.ts';
import digest from '../../lib/stages/digest.ts';
import sweep from '../../lib/stages/sweep.ts';
import { rows } from '../../lib/store/rows.ts';
import { changeAt, hour, installation, minute, plan, t0 } from '../messages/incidents.ts';
import { tellingWorld } from './telling-world.ts';
import { changeRow, t } from './upkeep-rows.ts';
import { upkeepWorld } from './upkeep-world.ts';

type W = ReturnType<typeof upkeepWorld>;
const run = (w: W) => sweep.run(w.world, {});
const told = (w: W) => w.published.filter((p) => p['kind'] === 'upkeep');
const dayMs = 24 * hour;

async function given(...odd: readonly unknown[]): Promise<W> {
  const w = upkeepWorld({ startAt: t + hour });
  for (const [n, value] of odd.entries())
    await w.store.putIfAbsent({ key: `change#chg-odd${n}`, value, list: { name: 'open-changes', at: t } });
  return w;
}

test('a row of another shape is told once a day, with what stands in it, and is left alone', async () => {
  const value = { id: 'chg-odd0', incidentId: 'inc-9', step: 'rebooting', plan: { from: 'here', to: 'there' } };
  const w = await given(value);
  await run(w);
  await run(w);
  expect(told(w)).toMatchObject([
    {
      urgent: true,
      says: expect.stringMatching(
        /row change#chg-odd0 cannot be read by this version \(\w.*\): it is left alone, and what it changed may still stand/,
      ) as string,
      row: value,
    },
  ]);
  w.pass(dayMs + minute);
  await run(w);
  expect(told(w)).toHaveLength(2);
  expect((await w.store.get('change#chg-odd0'))?.value).toEqual(value);
});

test('the other rows are swept as ever: a lease that is over ends, a verified change is kept', async () => {
  const w = await given({ step: 'rebooting' }, 'not even an object');
  const leased = changeRow(['planned', 'applying', 'applied', 'verified'], { id: 'chg-lease', leaseEndsAt: t, plan });
  const over = changeRow(['planned', 'applying', 'applied', 'verified'], { id: 'chg-over', undoUntilAt: t, plan });
  for (const row of [leased, over]) await rows.change.create(w.store, row.id, row);
  await run(w);
  expect([...w.undos.values()]).toMatchObject([{ changeId: 'chg-lease', why: 'lease' }]);
  expect((await rows.change.get(w.store, 'chg-over'))?.value.step).toBe('kept');
  expect(told(w)).toHaveLength(2);
});

test('a change whose setting this version does not know is told with its exact from and to, step by step', async () => {
  const w = await given();
  const changes = [{ setting: 'of-another-version', target: { name: 'x' }, from: { a: 1 }, to: { a: 2 } }];
  const other = { plan: { ...plan, changes, hash: hashOf(plan.fix, changes) } };
  await rows.change.create(
    w.store,
    'chg-1',
    changeRow(['planned', 'applying', 'applied', 'verified'], { id: 'chg-1', undoUntilAt: t + dayMs, ...other }),
  );
  await run(w);
  await run(w);
  expect(told(w)).toMatchObject([
    {
      urgent: true,
      changes,
      says: expect.stringMatching(/cannot be read by this version \(this version has no setting "of-another-version"\)/) as string,
    },
  ]);
});

test('the weekly digest is sent without them', async () => {
  const w = tellingWorld(t0 + hour);
  await w.store.putIfAbsent({ key: 'change#chg-odd', value: { step: 'rebooting' }, list: { name: 'open-changes', at: t0 } });
  await rows.change.create(w.store, 'chg-1', changeAt('verified'));
  await digest.run(w.world, {});
  expect(w.slack.messages).toHaveLength(1);
  expect(installation.slack.channel).toBe(w.slack.messages[0]?.channel);
});
