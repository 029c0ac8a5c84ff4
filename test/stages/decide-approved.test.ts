// An approval is weighed too: a person decides about what was shown, not about what the owner forbids or has no money left for.
import { describe, expect, test } from 'vitest';
import type { Question } from '../../lib/model/incident.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { makePlan } from '../../lib/stages/weighing/plan.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Fault } from '../laws/fault.ts';
import { faultOf } from '../laws/faults.ts';
import { at, openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf } from '../laws/workshop-rows.ts';

const permissionFault = faultOf('re-add-invoke-permission');
const coldFault = faultOf('warm-concurrency');
const minute = 60_000;
let shop: Workshop;

const read = () => incidentOf(shop);
const run = () => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;

/** Asked, and approved by Ada before anything was looked at again. */
async function approved(fault: Fault, installation: Partial<Installation> = {}): Promise<Question> {
  shop = await openWorkshop({ fault, installation });
  const { installation: settings, evidence, diagnosis, clock } = shop;
  const planned = await shop.run(
    makePlan({ id: 'inc-law', aws: shop.world('decide').aws, at, diagnosis, evidence, installation: settings, now: clock.now() }),
  );
  if (planned.is !== 'planned') throw new Error('nothing planned');
  const question: Question = {
    id: 'q1',
    plan: planned.plan,
    askedAt: clock.now() - minute,
    expiresAt: clock.now() + 59 * minute,
    state: 'approved',
    decidedAt: clock.now(),
    by: { kind: 'person', id: 'U012AB3CD', name: 'Ada' },
  };
  await rows.incident.update(shop.store, id, (i) => ({ ...i, question, standing: 'asked' }));
  return question;
}
const held = async (because: RegExp) => {
  const before = shop.account.snapshot();
  expect((await run()).next).toBe('wait');
  const incident = await read();
  expect(incident.decision).toMatchObject({ do: 'advise', because: [expect.stringMatching(because)] });
  expect(incident.question?.state).toBe('withdrawn');
  expect(incident.notes.at(-1)?.says).toMatch(/approved, and is not carried out: .+; nothing was changed$/);
  expect(incident.standing).toBe('asked');
  expect(shop.account.snapshot()).toEqual(before);
};

/** The stack of the function is being updated, as the last look saw it. */
async function updating(): Promise<void> {
  await rows.evidence.upsert(shop.store, id, (row) => {
    const found = row?.gathered.stackEvents;
    if (!row || found?.state !== 'got') throw new Error('no stack events');
    const stacks = Object.fromEntries(Object.entries(found.value.stacks).map(([key, stack]) => [key, { ...stack, inProgress: true }]));
    return { ...row, gathered: { ...row.gathered, stackEvents: { ...found, value: { ...found.value, stacks } } } };
  });
}

describe('an approval', () => {
  test('is carried out, with what it rests on', async () => {
    await approved(permissionFault);
    expect((await run()).next).toBe('carry-out');
    expect((await read()).decision).toMatchObject({ do: 'act', question: 'q1' });
  });
  test.each([
    [
      'a calendar that closed meanwhile',
      { changeCalendars: ['freeze'] },
      () => shop.account.putCalendar('freeze', 'CLOSED'),
      /a change calendar is closed/,
    ],
    ['a deploy that began meanwhile', {}, updating, /stack orders-stack is being updated/],
  ] as const)('goes over %s, and says so', async (_, installation, meanwhile, says) => {
    await approved(permissionFault, installation as Partial<Installation>);
    await meanwhile();
    expect((await run()).next).toBe('carry-out');
    expect((await read()).notes.at(-1)?.says).toMatch(new RegExp(`carried out on a person’s word, although ${says.source}`));
  });
  test('stands when the cause could only not be confirmed again', async () => {
    await approved(permissionFault);
    await rows.incident.update(shop.store, id, (i) => ({ ...i, diagnosis: { ...shop.diagnosis, cause: 'unknown', certainty: 'unknown' } }));
    expect((await run()).next).toBe('carry-out');
  });
  test('does not outweigh a hands-off tag set after the question', async () => {
    await approved(permissionFault);
    shop.account.tagFunction('orders', { 'gatemedic:hands-off': 'true' });
    await held(/hands-off/);
  });
  test('does not outweigh the kill switch, and does not come true once it is off again', async () => {
    await approved(permissionFault);
    shop.account.putParameter('/gatemedic/kill-switch', 'on');
    await held(/kill switch is on/);
    shop.account.putParameter('/gatemedic/kill-switch', 'off');
    await run();
    expect((await read()).decision).not.toHaveProperty('question');
  });
  test('does not spend more than the cap, when another approval was first', async () => {
    const { plan } = await approved(coldFault, { caps: { usdPerHour: 0.1, usdPerDay: 10, warmEnvironments: 50 } });
    await rows.change.create(shop.store, 'chg-other', {
      id: 'chg-other',
      incidentId: 'inc-other',
      at: { ...at, apiId: 'other' },
      plan: { ...plan, usdPerHour: 0.09 },
      step: 'verified',
      appliedAt: shop.clock.now() - minute,
      leaseEndsAt: shop.clock.now() + 119 * minute,
      entries: [{ n: 1, step: 'verified', at: shop.clock.now() - minute, by: { kind: 'gatemedic' } }],
    });
    await held(/cap \$0\.1/);
  });
});
