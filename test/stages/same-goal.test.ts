// Somebody else sets a value to the very goal of a change, just before it is written: it is theirs.
import { expect, test } from 'vitest';
import carryOut from '../../lib/stages/carry-out.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { faultOf } from '../laws/faults.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';
import { openWorkshop } from '../laws/workshop.ts';

test('what somebody else set to the very goal, between our last look and our write, is theirs: it is neither ours nor taken back', async () => {
  const shop = await openWorkshop({ fault: faultOf('re-add-invoke-permission') });
  const run = (what: 'apply' | 'take-back') =>
    shop.run(carryOut.run(shop.world('carry-out'), { do: what, incidentId: id })) as Promise<Routed>;
  expect(((await shop.run(decide.run(shop.world('decide'), { incidentId: id }))) as Routed).next).toBe('carry-out');
  const { decision } = await incidentOf(shop);
  if (decision?.do !== 'act') throw new Error('not decided');
  const { target, to } = decision.plan.changes[0] as { target: { statementId: string }; to: { sourceArn: string } };
  const byHand = () =>
    shop.account.attempt('admin')('lambda:AddPermission', {
      FunctionName: 'orders',
      Qualifier: 'live',
      StatementId: target.statementId,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: to.sourceArn,
    });
  let looks = 0;
  // while the answer of the last look is on its way back
  shop.slow = (name) => {
    if (name !== 'lambda:GetPolicy' || looks++ > 0) return undefined;
    shop.clock.after(50, () => shop.clock.start(byHand));
    return { backMs: 100 };
  };
  expect((await run('apply')).next).toBe('take-back');
  expect((await run('take-back')).next).toBe('investigate');
  expect((await newestChangeOf(shop)).step).toBe('undone');
  expect((await incidentOf(shop)).notes.map((n) => n.says).join()).toMatch(
    /somebody else made it meanwhile: .*nothing of it had been written/,
  );
  expect(JSON.stringify(shop.account.snapshot())).toContain(target.statementId);
});
