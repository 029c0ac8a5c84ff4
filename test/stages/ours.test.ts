// What is ours of a change, and what is not: a write of it was sent, whatever a read shows just now.
import { beforeEach, expect, test } from 'vitest';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed, Undone } from '../../lib/stages/stage.ts';
import { faultOf } from '../laws/faults.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';

const minute = 60_000;
let shop: Workshop;

const change = () => newestChangeOf(shop);
const run = (input: Parameters<typeof carryOut.run>[1]) => shop.run(carryOut.run(shop.world('carry-out'), input));
const apply = () => run({ do: 'apply', incidentId: id }) as Promise<Routed>;
const takeBack = () => run({ do: 'take-back', incidentId: id }) as Promise<Routed>;
const undo = async (name: string) =>
  ((await run({ do: 'undo', changeId: (await change()).id, why: 'person', name, by: { id: 'U012AB3CD', name: 'Ada' } })) as Undone).end;
/** The statement that is to be added, as anybody's call. */
const statement = async () => {
  const { decision } = await incidentOf(shop);
  if (decision?.do !== 'act') throw new Error('not decided');
  const { target, to } = decision.plan.changes[0] as { target: { statementId: string }; to: { sourceArn: string } };
  const at = { FunctionName: 'orders', Qualifier: 'live', StatementId: target.statementId };
  const principal = 'apigateway.amazonaws.com';
  return { at, add: { ...at, Action: 'lambda:InvokeFunction', Principal: principal, SourceArn: to.sourceArn } };
};
const stands = async () => JSON.stringify(shop.account.snapshot()).includes((await statement()).at.StatementId);

beforeEach(async () => {
  shop = await openWorkshop({ fault: faultOf('re-add-invoke-permission') });
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
});

test('what somebody else set to the very goal, between our last look and our write, is theirs: it is not taken back', async () => {
  const { add } = await statement();
  let looks = 0;
  // while the answer of the last look is on its way back
  shop.slow = (name) => {
    if (name !== 'lambda:GetPolicy' || looks++ > 0) return undefined;
    shop.clock.after(50, () => shop.clock.start(() => shop.account.attempt('admin')('lambda:AddPermission', add)));
    return { backMs: 100 };
  };
  expect((await apply()).next).toBe('take-back');
  expect((await takeBack()).next).toBe('investigate');
  expect((await change()).step).toBe('undone');
  expect(JSON.stringify((await incidentOf(shop)).notes)).toMatch(/somebody else made it meanwhile: .*nothing of it had been written/);
  expect(await stands()).toBe(true);
});

test('a value that seems never to have moved, seconds after it was written, may be a read that lags: it is looked at again', async () => {
  const { at, add } = await statement();
  const admin = shop.account.attempt('admin');
  await apply();
  await admin('lambda:RemovePermission', at); // as a read from before our write would have it
  expect(await undo('person-1')).toBe('refused');
  expect((await change()).step).toBe('undoing');
  expect(shop.scheduled.at(-1)).toMatchObject({ input: { why: 'person' } });
  await admin('lambda:AddPermission', add);
  await shop.advance(3 * minute);
  expect(await undo('look-again')).toBe('undone');
  expect(await stands()).toBe(false);
});
