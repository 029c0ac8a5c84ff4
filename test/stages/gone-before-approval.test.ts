// What a person approved may be gone by the time they say yes: they hear so at once, whichever way they said it; nothing is written, no change
// is left in the journal, and the incident is looked at anew.
import { describe, expect, test } from 'vitest';
import type { CallError, CallName } from '../../lib/aws/calls.ts';
import { err } from '../../lib/model/result.ts';
import decide from '../../lib/stages/decide.ts';
import type { Routed } from '../../lib/stages/stage.ts';
import { rows } from '../../lib/store/rows.ts';
import type { World } from '../../lib/world.ts';
import { carry, click, decideOn, decided, writes } from '../laws/carrying.ts';
import { faultOf } from '../laws/faults.ts';
import { role, table } from '../laws/services-behind.ts';
import { id, incidentOf, newestChangeOf } from '../laws/workshop-rows.ts';
import { openWorkshop, type Workshop } from '../laws/workshop.ts';

/** Asked about the fix, whichever mode it would take. */
async function asked(fix: string): Promise<Workshop> {
  const shop = await openWorkshop({ fault: faultOf(fix), installation: { mode: 'ask' } });
  expect((await decideOn(shop)).next, JSON.stringify((await incidentOf(shop)).decision)).toBe('ask');
  return shop;
}

async function approved(shop: Workshop): Promise<void> {
  await click(shop, 'U012AB3CD');
  if (shop.fix.consent === 'two-person') await click(shop, 'U045EF6GH');
  expect((await incidentOf(shop)).question?.state).toBe('approved');
}

/** Decides with an answer of AWS that is not the sandbox's: what nobody can delete there. */
const decideWhere = (shop: Workshop, call: CallName, error: Pick<CallError, 'kind' | 'name' | 'message'>): Promise<Routed> => {
  const world = shop.world('decide');
  const aws: World<CallName>['aws'] = {
    call: async (name, input) => (name === call ? err({ call, ...error }) : world.aws.call(name, input)),
  };
  return shop.run(decide.run({ ...world, aws }, { incidentId: id })) as Promise<Routed>;
};

async function refused(shop: Workshop, routed: Promise<Routed>, why: string): Promise<void> {
  shop.wire.length = 0;
  expect((await routed).next).toBe('investigate');
  const incident = await incidentOf(shop);
  expect(incident.notes.at(-1)?.says).toBe(`it was approved, and is not carried out: ${why}; nothing was changed`);
  expect(incident).toMatchObject({
    phase: 'live',
    changes: [],
    question: { state: 'withdrawn' },
    decision: { do: 'advise', because: [why] },
  });
  expect(await rows.change.list(shop.store, 'open-changes')).toEqual([]);
  expect(writes(shop.wire)).toEqual([]);
}

describe('gone since the question was asked', () => {
  test.each<[string, string, (shop: Workshop) => void]>([
    ['re-add-invoke-permission', 'the function orders', ({ account }) => account.deleteFunction('orders')],
    ['re-add-invoke-permission', 'the alias orders:live', ({ account }) => account.deleteAlias('orders', 'live')],
    ['warm-concurrency', 'the alias orders:live', ({ account }) => account.deleteAlias('orders', 'live')],
    ['put-alias-back', 'the alias orders:live', ({ account }) => account.deleteAlias('orders', 'live')],
    ['set-function-timeout', 'the function orders', ({ account }) => account.deleteFunction('orders')],
  ])('%s: %s', async (fix, what, goes) => {
    const shop = await asked(fix);
    goes(shop);
    await approved(shop);
    await refused(shop, decideOn(shop), `${what} is gone`);
  });

  test.each<[string, CallName, string, string, string]>([
    [
      'raise-table-capacity',
      'dynamodb:DescribeTable',
      'ResourceNotFoundException',
      'Requested resource not found',
      `the table ${table} is gone`,
    ],
    [
      'restore-role-statement',
      'iam:GetRolePolicy',
      'NoSuchEntityException',
      `The role with name ${role} cannot be found.`,
      `the role ${role} is gone`,
    ],
    [
      'restore-base-path-mapping',
      'apigateway:GetBasePathMapping',
      'NotFoundException',
      'Invalid domain name identifier specified',
      'the domain api.example.com is gone',
    ],
    [
      'shift-canary-to-zero',
      'apigateway:GetStage',
      'NotFoundException',
      'Invalid stage identifier specified',
      'what it changes at arn:aws:apigateway:us-east-1::/restapis/orders1000/stages/prod is gone: apigateway:GetStage answered NotFoundException: Invalid stage identifier specified',
    ],
  ])('%s: %s answers 404', async (fix, call, name, message, why) => {
    const shop = await asked(fix);
    await approved(shop);
    await refused(shop, decideWhere(shop, call, { kind: 'gone', name, message }), why);
  });

  test('nothing new is asked about it when it is looked at again', async () => {
    const shop = await asked('re-add-invoke-permission');
    shop.account.deleteAlias('orders', 'live');
    await approved(shop);
    await decideOn(shop);
    expect((await decideOn(shop)).next).toBe('wait');
    expect((await incidentOf(shop)).decision).toMatchObject({
      do: 'advise',
      because: ['re-add-invoke-permission: the alias orders:live is gone'],
    });
  });
});

test('what cannot be read is not taken for what was shown', async () => {
  const shop = await asked('put-alias-back');
  await approved(shop);
  await refused(
    shop,
    decideWhere(shop, 'lambda:GetAlias', { kind: 'denied', name: 'AccessDeniedException', message: 'not allowed' }),
    'the current value could not be read: lambda:GetAlias answered AccessDeniedException: not allowed',
  );
});

test('a statement, policy or mapping that is only absent is no reason: it is what the fix puts back', async () => {
  for (const fix of ['re-add-invoke-permission', 'restore-role-statement', 'restore-base-path-mapping', 'warm-concurrency']) {
    const shop = await asked(fix);
    await approved(shop);
    expect((await decideOn(shop)).next, fix).toBe('carry-out');
  }
});

test('gone after the last word was weighed: the change is dropped before anything is written', async () => {
  const shop = await decided(faultOf('re-add-invoke-permission'));
  shop.account.deleteAlias('orders', 'live');
  expect(await carry(shop)).toBe('investigate');
  expect(await newestChangeOf(shop)).toMatchObject({ step: 'dropped', entries: [{}, { why: 'the alias orders:live is gone' }] });
  expect(writes(shop.wire)).toEqual([]);
});
