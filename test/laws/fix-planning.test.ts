// Laws over every fix, before anything is done: planning writes nothing, who must be asked is asked, the price shown is the price computed,
// and exactly the declared calls are made.
import { describe, expect, test } from 'vitest';
import type { CallName } from '../../lib/aws/calls.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { changeButtons } from '../../lib/messages/buttons.ts';
import { makePlan } from '../../lib/stages/weighing/plan.ts';
import { moveOf } from '../../lib/stages/changing/moves.ts';
import { settings } from '../../lib/settings/index.ts';
import { carry, changeOf, click, decided, decideOn, planOf, undo, writes } from './carrying.ts';
import type { Fault } from './fault.ts';
import { faults, named } from './faults.ts';
import { id, incidentOf } from './workshop-rows.ts';
import { callsOf, openWorkshop } from './workshop.ts';

test('every fix has a fault to be tested on', () => {
  expect([...new Set(faults.map((f) => f.fix))].toSorted()).toEqual(fixes.map((f) => f.id).toSorted());
});

test('what cannot be taken back, or made with a role of its own, is always asked', () => {
  for (const fix of fixes) {
    const used = settings.filter((s) => fix.settings.includes(s.id));
    if (used.some((s) => s.oneWay !== undefined)) expect(['asked', 'two-person'], fix.id).toContain(fix.consent);
    if (used.some((s) => s.hand !== undefined)) expect(fix.consent, fix.id).toBe('two-person');
    const free = fix.consent === 'unasked' || fix.consent === 'allowed';
    expect('unasked' in fix, `${fix.id} says what speaks against it where it may run unasked`).toBe(free);
  }
});

describe.each(named)('%s', (_, fault) => {
  test('planning and deciding write nothing, and come to the fix', async () => {
    const shop = await openWorkshop({ fault });
    const before = shop.account.snapshot();
    const { aws } = shop.world('decide');
    const { incident, diagnosis, evidence, installation } = shop;
    const planned = await shop.run(makePlan({ id, aws, at: incident.at, diagnosis, evidence, installation, now: shop.clock.now() }));
    expect(planned).toMatchObject({ is: 'planned', plan: { fix: fault.fix, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    await decideOn(shop);
    const { decision } = await incidentOf(shop);
    expect(decision).toMatchObject({ plan: { fix: fault.fix } });
    expect(writes(shop.wire)).toEqual([]);
    expect(shop.account.snapshot()).toEqual(before);
  });

  test('the price shown is the price computed, and the preview names each change', async () => {
    const shop = await decided(fault);
    const plan = await planOf(shop);
    const moves = plan.changes.map(moveOf);
    const price = moves.reduce((sum, m) => sum + (m.setting.usdPerHour?.(m.target, m.to) ?? 0), 0);
    expect(plan.usdPerHour ?? 0).toBe(price);
    expect(plan.preview).toEqual(moves.map((m) => m.setting.show(m.target, m.from, m.to)));
    expect(plan.oneWay ?? []).toEqual(moves.flatMap((m) => m.setting.oneWay ?? []));
    for (const m of moves) expect(m.setting.byHand(m.target, m.from, m.to)).toMatch(/^(?:# |aws )/);
  });

  test('it is made by nobody’s word but those it takes', async () => {
    const shop = await openWorkshop({ fault });
    const { next } = await decideOn(shop);
    if (shop.fix.consent === 'unasked' || shop.fix.consent === 'allowed') return expect(next).toBe('carry-out');
    expect(next).toBe('ask');
    expect(await carry(shop)).toBe('investigate');
    if (shop.fix.consent === 'two-person') {
      await click(shop, 'U012AB3CD');
      expect(await click(shop, 'U012AB3CD')).toMatchObject({ did: 'approved' });
      await shop.advance(1000);
      expect(await click(shop, 'U012AB3CD')).toMatchObject({ did: 'nothing' });
      expect((await decideOn(shop)).next).toBe('ask');
      expect(await carry(shop)).toBe('investigate');
    }
    expect(writes(shop.wire)).toEqual([]);
  });

  test('Undo is offered where something can be taken back', async () => {
    const shop = await decided(fault);
    await carry(shop);
    const change = await changeOf(shop);
    const offered = JSON.stringify(changeButtons(change, shop.installation.undoWindowMs, shop.clock.now())).includes('gatemedic.undo');
    expect(offered).toBe(change.plan.oneWay?.length !== change.plan.changes.length);
  });
});

describe.each(fixes.map((fix) => [fix.id] as const))('%s', (fixId) => {
  test('exactly the declared calls are used: deciding, applying, undoing', async () => {
    const only = { fixes: [{ id: fixId }] };
    const [deciding, carrying] = [new Set<CallName>(), new Set<CallName>()];
    for (const fault of faults.filter((f) => f.fix === fixId)) {
      const shop = await openWorkshop({ fault });
      await decideOn(shop);
      for (const name of shop.wire) deciding.add(name);
      for (const name of await carryingCalls(fault)) carrying.add(name);
    }
    expect([...deciding].toSorted()).toEqual([...callsOf('decide', only)].toSorted());
    expect([...carrying].toSorted()).toEqual([...callsOf('carry-out', only)].toSorted());
  });
});

/** Carried out and taken back: by a person, at the end of a lease that is in use and one that is not, and by the sweeper. */
async function carryingCalls(fault: Fault): Promise<ReadonlySet<CallName>> {
  const calls = new Set<CallName>();
  for (const why of ['person', 'machine'] as const) {
    const shop = await decided(fault);
    await carry(shop);
    const change = await changeOf(shop);
    if (why === 'machine') await shop.advance(3 * 3_600_000);
    await undo(shop, change.id, `by-${why}`, why === 'person' ? 'person' : change.leaseEndsAt === undefined ? 'sweeper' : 'lease');
    await undo(shop, change.id, 'by-person');
    for (const name of shop.wire) calls.add(name);
  }
  return calls;
}
