// Decide during a freeze, after many changes, and before a change that very many routes share: a person is asked, nothing is done unasked.
import { expect, test } from 'vitest';
import { hashOf } from '../../lib/journal/hash.ts';
import type { Installation } from '../../lib/model/installation.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import { at } from '../laws/fault.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');

async function decided(installation: Partial<Installation>, prepare?: (shop: Workshop) => void | Promise<void>) {
  const shop = await openWorkshop({ fault: permissionFault, installation });
  await prepare?.(shop);
  const routed = (await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed;
  return { next: routed.next, decision: (await incidentOf(shop)).decision };
}

test.each([
  ['a closed calendar', { changeCalendars: ['freeze'] }, 'CLOSED', /calendar is closed/],
  ['a calendar that is not there', { changeCalendars: ['frieze'] }, 'OPEN', /could not be read/],
  ['a function that very many routes share', { sharedByRoutes: 1 }, 'OPEN', /routes of this stage share/],
] as const)('%s: asked', async (_, installation, state, because) => {
  const { next, decision } = await decided({ ...installation } as Partial<Installation>, (shop) =>
    shop.account.putCalendar('freeze', state),
  );
  expect(next).toBe('ask');
  expect(decision).toMatchObject({ do: 'ask', because: [expect.stringMatching(because)] });
});

test('an open calendar stops nothing', async () => {
  const { next } = await decided({ changeCalendars: ['freeze'] }, (shop) => shop.account.putCalendar('freeze', 'OPEN'));
  expect(next).toBe('carry-out');
});

test('no unasked change left for this hour: asked', async () => {
  const { decision } = await decided({ changesPerHour: 0 });
  expect(decision).toMatchObject({ do: 'ask', because: [expect.stringMatching(/0 are allowed/)] });
});

test.each([
  ['two begun unasked within it', {}, 20, 'ask'],
  ['two that began before', {}, 61, 'carry-out'],
  ['two that a person approved', { approvedBy: { kind: 'person', id: 'U012AB3CD' } }, 20, 'carry-out'],
] as const)('of two changes an hour, %s', async (_, more, minutesAgo, next) => {
  const made = await decided({ changesPerHour: 2 }, async ({ store, clock }) => {
    const fix = 'warm-concurrency';
    const plan = { fix, cause: 'lambda-cold-start', changes: [], hash: hashOf(fix, []), preview: [], snippets: [] };
    const entry = { n: 1, step: 'applying', at: clock.now() - minutesAgo * 60_000, by: { kind: 'gatemedic' } } as const;
    for (const n of [1, 2]) {
      const record = { incidentId: 'inc-old', at: { ...at, apiId: 'other' }, plan, step: 'verified', entries: [entry], ...more } as const;
      await rows.change.create(store, `chg-${n}`, { id: `chg-${n}`, ...record });
    }
  });
  expect(made.next, JSON.stringify(made.decision)).toBe(next);
});
