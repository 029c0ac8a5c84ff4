// What the workflow does with one decided change, for the laws: it is asked where it must be, carried out, taken back where it failed, and
// run again after a crash.
import { expect } from 'vitest';
import { table } from '../../lib/aws/table.ts';
import type { CallName } from '../../lib/aws/calls.ts';
import type { ChangeRecord, Plan } from '../../lib/model/change.ts';
import answer from '../../lib/stages/answer.ts';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import type { Fault } from './fault.ts';
import { id, incidentOf, newestChangeOf } from './workshop-rows.ts';
import { Killed, openWorkshop, type Workshop } from './workshop.ts';

export const decideOn = (shop: Workshop) => shop.run(decide.run(shop.world('decide'), { incidentId: id })) as Promise<Routed>;
const apply = (shop: Workshop) => shop.run(carryOut.run(shop.world('carry-out'), { do: 'apply', incidentId: id })) as Promise<Routed>;
const takeBack = (shop: Workshop) =>
  shop.run(carryOut.run(shop.world('carry-out'), { do: 'take-back', incidentId: id })) as Promise<Routed>;
export const undo = (shop: Workshop, changeId: string, name = 'undo-1', why: 'person' | 'lease' | 'sweeper' = 'person') =>
  shop.run(
    carryOut.run(shop.world('carry-out'), { do: 'undo', changeId, why, name, by: { id: 'U012AB3CD', name: 'Ada' } }),
  ) as Promise<Undone>;

export const writes = (calls: readonly CallName[]) => calls.filter((name) => table[name].effect === 'write');

/** A click on the question that stands in the row, from a message that was posted before. */
export async function click(shop: Workshop, userId: string): Promise<unknown> {
  const message = { channel: 'C012AB3CD', ts: '1' };
  const incident = await rows.incident.update(shop.store, id, (i) => ({ ...i, message }));
  const { question } = incident ?? {};
  if (!question) throw new Error('nothing was asked');
  return shop.run(
    answer.run(shop.world('answer'), {
      origin: 'slack',
      act: 'approve',
      incidentId: id,
      about: question.id,
      hash: question.plan.hash,
      userId,
      userName: userId.toLowerCase(),
      teamId: 'T012AB3CD',
      channel: message.channel,
      messageTs: message.ts,
      at: shop.clock.now(),
    }),
  );
}

/** Decided to be carried out: unasked where the fix may be, else approved by as many people as it takes. */
export async function decided(fault: Fault): Promise<Workshop> {
  const shop = await openWorkshop({ fault });
  const { next } = await decideOn(shop);
  if (shop.fix.consent === 'unasked' || shop.fix.consent === 'allowed')
    expect(next, JSON.stringify((await incidentOf(shop)).decision)).toBe('carry-out');
  else {
    expect(next, JSON.stringify((await incidentOf(shop)).decision)).toBe('ask');
    await click(shop, 'U012AB3CD');
    if (shop.fix.consent === 'two-person') await click(shop, 'U045EF6GH');
    expect((await decideOn(shop)).next).toBe('carry-out');
  }
  // the next step of the workflow comes a moment later: the account's own limits have recovered
  await shop.advance(2000);
  shop.wire.length = 0;
  return shop;
}

export async function planOf(shop: Workshop): Promise<Plan> {
  const { decision } = await incidentOf(shop);
  if (decision?.do !== 'act') throw new Error('not decided');
  return decision.plan;
}

const mostRuns = 40;

/** Carries it out as the workflow does: again after a crash, later where it says so, back where it is told to. */
export async function carry(shop: Workshop): Promise<Routed['next']> {
  for (let n = 0; n < mostRuns; n++) {
    try {
      let routed = await apply(shop);
      if (routed.next === 'carry-on') {
        await shop.advance(Date.parse(routed.untilAt) - shop.clock.now());
        continue;
      }
      if (routed.next === 'take-back') routed = await takeBack(shop);
      await comeBack(shop);
      await shop.advance(shop.fault.settlesMs ?? 0);
      return routed.next;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      shop.revive();
    }
  }
  throw new Error('it never came to an end');
}

/** What could not be taken back just then comes again by itself, when its schedule says. */
async function comeBack(shop: Workshop): Promise<void> {
  for (let n = 0; n < mostRuns; n++) {
    const change = (await incidentOf(shop)).changes.length === 0 ? undefined : await newestChangeOf(shop);
    const next = shop.scheduled.at(-1);
    if (change?.step !== 'undoing' || !next) return;
    await shop.advance(Math.max(1000, next.atMs - shop.clock.now()));
    await undo(shop, change.id, next.input.name, next.input.why);
  }
}

export async function undoUntilDone(shop: Workshop, changeId: string): Promise<Undone['end']> {
  for (let n = 0; n < mostRuns; n++) {
    try {
      return (await undo(shop, changeId)).end;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      shop.revive();
    }
  }
  throw new Error('it never came to an end');
}

/** The account as an undo is held to it. */
export const accountOf = (shop: Workshop, fault: Fault): unknown => {
  const all = shop.account.snapshot();
  return fault.compared?.(all) ?? all;
};

/** Somebody else's third value at each change that can drift. */
export async function drift(shop: Workshop, fault: Fault): Promise<void> {
  for (const change of (await planOf(shop)).changes) await fault.drift(shop.account.attempt('admin'), change, shop.account);
  await shop.advance(fault.settlesMs ?? 0);
}

export const changeOf = (shop: Workshop): Promise<ChangeRecord> => newestChangeOf(shop);
