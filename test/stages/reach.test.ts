// What a plan reaches: routes that lead to a function, and those that an authorizer's function stands before.
import { expect, test } from 'vitest';
import type { CallName } from '../../lib/aws/calls.ts';
import { got } from '../../lib/model/evidence.ts';
import type { Plan } from '../../lib/model/change.ts';
import { reachOf } from '../../lib/stages/weighing/reach.ts';
import type { World } from '../../lib/world.ts';
import { deployed, route, span } from '../causes/evidence.ts';

const plan = (functionName: string): Plan => ({
  fix: 're-add-invoke-permission',
  cause: 'authorizer-permission',
  changes: [
    {
      setting: 'invoke-permission',
      target: { accountId: '111122223333', region: 'us-east-1', functionName, statementId: 'gatemedic-1' },
      from: 'absent',
      to: {
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:a/*',
      },
    },
  ],
  hash: 'h',
  preview: [],
  snippets: [],
});
const world = {
  aws: { call: async () => ({ ok: true, value: { Tags: { gatemedic: 'allowed' } } }) },
  installation: { functions: [], stages: [] },
} as unknown as World<CallName>;

test('an authorizer’s function is shared by every route it guards', async () => {
  const api = deployed(route('/a'), route('/b'), route('/c'));
  if (api.state !== 'got') throw new Error('no deployment');
  const guard = { accountId: '111122223333', region: 'us-east-1', name: 'guard' };
  const routes = api.value.routes.map((r, n) => (n < 2 ? { ...r, authorizer: 'gate' } : r));
  const value = { ...api.value, routes, authorizers: [{ name: 'gate', type: 'request' as const, function: guard }] };
  const evidence = { deployedApi: got(value, span, 'aws') };
  expect(await reachOf(world, plan('guard'), evidence)).toMatchObject({ routesShared: 2, writable: true });
  expect(await reachOf(world, plan('orders'), evidence)).toMatchObject({ routesShared: 3 });
});
