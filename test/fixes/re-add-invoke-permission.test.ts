// re-add-invoke-permission: what it would write for which policy and which history, when it refuses, and what speaks against
// doing it unasked. The account's behaviour is in the laws; here are the edges, as data.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix, { statementIdOf } from '../../lib/fixes/re-add-invoke-permission.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { ChangeTrail, StackEvents, StackPermission, TrailEvent } from '../../lib/model/kinds/change.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';
import type { FunctionPolicy } from '../../lib/model/kinds/function.ts';
import type { Change } from '../../lib/model/change.ts';
import { ok } from '../../lib/model/result.ts';
import { accountId, at, barred, region, sourceArn } from '../laws/workshop.ts';

const now = 10_000_000;
const firstFailureAt = now - 120_000;
const window = { from: 0, to: now };
const ref = { accountId, region, name: 'orders', qualifier: 'live' };
const principal = 'apigateway.amazonaws.com';
const deleted = (more: Partial<StackPermission> = {}): StackPermission => ({
  at: firstFailureAt - 2000,
  what: 'deleted',
  statementId: 'orders-stack-Perm',
  functionName: 'orders:live',
  action: 'lambda:InvokeFunction',
  principal,
  sourceArn,
  ...more,
});
const stack = (permissions: readonly StackPermission[], inProgress = false): Evidence<StackEvents> =>
  got(
    {
      stacks: {
        'orders:live': { stack: 'orders-stack', status: inProgress ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE', inProgress, permissions },
      },
    },
    window,
    'aws',
  );
const trail = (...events: Partial<TrailEvent>[]): Evidence<ChangeTrail> =>
  got(
    {
      events: events.map((e) => ({
        at: firstFailureAt - 2000,
        name: 'RemovePermission',
        functionKey: 'orders:live',
        principalArn: 'arn:aws:iam::111122223333:user/alice',
        ...e,
      })),
    },
    window,
    'aws',
  );
const policy = (sizeBytes = 0): Evidence<FunctionPolicy> =>
  got({ policies: { 'orders:live': sizeBytes === 0 ? 'absent' : { statements: [], sizeBytes } } }, window, 'aws');
const api = (credentials?: string): Evidence<DeployedApi> =>
  got(
    {
      routes: ['GET', 'POST'].map((method) => ({
        method,
        path: '/orders',
        integration: { type: 'AWS_PROXY', timeoutMs: 29_000, ...(credentials ? { credentials } : {}) },
      })),
      variables: {},
      tags: {},
      executionLogging: 'OFF',
    },
    window,
    'aws',
  );

interface Given {
  facts?: unknown;
  stackEvents?: Evidence<StackEvents>;
  changeTrail?: Evidence<ChangeTrail>;
  functionPolicy?: Evidence<FunctionPolicy>;
  deployedApi?: Evidence<DeployedApi>;
  there?: unknown;
}
const facts = { functions: [{ ref, explicitDeny: false, routes: [barred('GET'), barred('POST')] }] };
const evidenceOf = (g: Given) => ({
  deployedApi: g.deployedApi ?? api(),
  functionPolicy: g.functionPolicy ?? policy(),
  stackEvents: g.stackEvents ?? missing('empty', 'no stack owns it'),
  changeTrail: g.changeTrail ?? missing('late', 'nothing yet'),
  gatewayMetrics: missing('empty', 'no datapoint'),
});
const plan = (g: Given = {}) =>
  fix.plan({
    id: 'inc-law',
    at,
    diagnosis: { cause: 'lambda-permission-missing', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: g.facts ?? facts,
    evidence: evidenceOf(g),
    caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
    now,
    read: async () => ok({ value: g.there ?? 'absent' }),
  });
async function changes(g: Given = {}): Promise<readonly Change[]> {
  const planned = await plan(g);
  if (!planned.ok) throw new Error(planned.error.reason);
  return planned.value;
}
const sources = async (g: Given = {}) => (await changes(g)).map((c) => (c.to as { sourceArn: string }).sourceArn);

describe('the plan', () => {
  test('the removed statement verbatim, one for all routes, where the stack’s events have it', async () => {
    expect(await changes({ stackEvents: stack([deleted({ sourceAccount: accountId })]) })).toEqual([
      {
        setting: 'invoke-permission',
        target: { accountId, region, functionName: 'orders', qualifier: 'live', statementId: statementIdOf(ref, sourceArn) },
        from: 'absent',
        to: { action: 'lambda:InvokeFunction', principal, sourceArn, sourceAccount: accountId },
      },
    ]);
  });

  test('verbatim from CloudTrail: what AddPermission granted under the id that was removed', async () => {
    const grant = { action: 'lambda:InvokeFunction', principal, sourceArn, qualifier: 'live' };
    expect(
      await sources({ changeTrail: trail({ statementId: 's1' }, { name: 'AddPermission', statementId: 's1', at: 5, grant }) }),
    ).toEqual([sourceArn]);
    // the same id on another qualifier is another statement
    expect(
      await sources({
        changeTrail: trail(
          { statementId: 's1' },
          { name: 'AddPermission', statementId: 's1', at: 5, grant: { ...grant, qualifier: 'next' } },
        ),
      }),
    ).toHaveLength(2);
  });

  test('else the exact source of each route', async () =>
    expect(await sources()).toEqual([barred('GET').sourceArn, barred('POST').sourceArn]));

  test('a removed grant for every API, or another one, is not repeated', async () => {
    for (const broad of [
      'arn:aws:execute-api:us-east-1:111122223333:*/*/*/*',
      'arn:aws:execute-api:*:*:*',
      '*',
      'arn:aws:execute-api:us-east-1:111122223333:other/*/*/*',
      'arn:aws:execute-api:us-east-1:999999999999:orders1000/*/*/*',
    ]) {
      expect(await sources({ stackEvents: stack([deleted({ sourceArn: broad })]) }), `source ${broad}`).toEqual([
        barred('GET').sourceArn,
        barred('POST').sourceArn,
      ]);
    }
  });

  test('a removed grant for one route; the other by its exact source', async () =>
    expect(await sources({ stackEvents: stack([deleted({ sourceArn: barred('POST').sourceArn })]) })).toEqual([
      barred('POST').sourceArn,
      barred('GET').sourceArn,
    ]));

  test('many routes: one statement for the stage', async () => {
    const routes = Array.from({ length: 6 }, (_, n) => ({
      method: 'GET',
      path: `/r${n}`,
      sourceArn: `arn:aws:execute-api:${region}:${accountId}:${at.apiId}/prod/GET/r${n}`,
    }));
    expect(await sources({ facts: { functions: [{ ref, explicitDeny: false, routes }] } })).toEqual([
      `arn:aws:execute-api:${region}:${accountId}:${at.apiId}/prod/*`,
    ]);
  });

  test('all functions at once, each on its own qualifier', async () => {
    const { qualifier: _, ...plain } = ref;
    const two = await changes({
      facts: { functions: [...facts.functions, { ref: { ...plain, name: 'other' }, explicitDeny: false, routes: [barred('PUT')] }] },
    });
    expect(
      two.map((c) => c.target as { functionName: string; qualifier?: string }).map((t) => `${t.functionName}:${t.qualifier ?? ''}`),
    ).toEqual(['orders:live', 'orders:live', 'other:']);
  });

  test('the same function, qualifier and source always give the same id, and another one another', () => {
    expect(statementIdOf(ref, sourceArn)).toMatch(/^gatemedic-[0-9a-f]{24}$/);
    expect(
      new Set([
        statementIdOf(ref, sourceArn),
        statementIdOf({ name: 'orders' }, sourceArn),
        statementIdOf({ name: 'x', qualifier: 'live' }, sourceArn),
        statementIdOf(ref, 'y'),
      ]).size,
    ).toBe(4);
  });

  test.each([
    ['an explicit deny', { facts: { functions: [{ ...facts.functions[0], explicitDeny: true }] } }, /denies API Gateway expressly/],
    ['a role instead of a policy', { deployedApi: api('arn:aws:iam::111122223333:role/gw') }, /with a role/],
    ['$LATEST', { facts: { functions: [{ ...facts.functions[0], ref: { ...ref, qualifier: '$LATEST' } }] } }, /\$LATEST/],
    ['another account', { facts: { functions: [{ ...facts.functions[0], ref: { ...ref, accountId: '999999999999' } }] } }, /not this one/],
    ['a policy near its limit', { functionPolicy: policy(19_000) }, /20 KB/],
    [
      'an edited statement under our id',
      { there: { action: 'lambda:InvokeFunction', principal, sourceArn: 'elsewhere' } },
      /says something else/,
    ],
    ['facts of another shape', { facts: { nothing: 1 } }, /does not say which/],
  ] as const)('refuses: %s', async (_, given, reason) => {
    expect(await plan(given as Given)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } });
  });

  test('refuses when the statements are there already', async () => {
    expect(await plan({ stackEvents: stack([deleted()]), there: { action: 'lambda:InvokeFunction', principal, sourceArn } })).toMatchObject(
      { ok: false, error: { reason: expect.stringContaining('there already') } },
    );
  });
});

describe('unasked', () => {
  const objections = async (g: Given, more: { now?: number; deployPrincipals?: readonly string[]; changes?: readonly Change[] } = {}) =>
    fix.unasked?.({
      at,
      facts,
      evidence: evidenceOf(g),
      changes: await changes(g),
      now,
      firstFailureAt,
      lastFailureAt: now,
      deployPrincipals: [],
      returned: 0,
      ...more,
    }) ?? [];
  const against = async (...of: Parameters<typeof objections>) => (await objections(...of)).map((o) => `${o.id}→${o.lowersTo}`);

  test('nothing speaks against it when a stack removed an equal or broader grant', async () =>
    expect(await against({ stackEvents: stack([deleted()]) })).toEqual([]));
  test('a change that is no permission → ask, whatever else is proven', async () => {
    const odd: Change = { setting: 'invoke-permission', target: { table: 'orders' }, from: 'absent', to: 'absent' };
    expect(await against({ stackEvents: stack([deleted()]) }, { changes: [odd] })).toEqual(['not-understood→ask']);
  });
  test('no proof → ask, saying what was not to be had', async () => {
    expect(await against({})).toEqual(['no-proof→ask']);
    const [{ says } = {}] = await objections({});
    expect(says).toMatchInlineSnapshot(
      `"nothing proves that a deploy removed this permission of orders:live (stack events: no stack owns it; CloudTrail: nothing yet)"`,
    );
  });
  test('a stack that made the permission, or removed another function’s, another principal’s, a narrower one: no proof', async () => {
    const narrower = barred('GET').sourceArn;
    for (const p of [
      deleted({ what: 'created' }),
      deleted({ functionName: 'orders' }),
      deleted({ functionName: 'orders:next' }),
      deleted({ principal: 's3.amazonaws.com' }),
      deleted({ sourceArn: narrower }),
      deleted({ at: firstFailureAt - 2 * 3_600_000 }),
      deleted({ at: firstFailureAt + 20 * 60_000 }),
    ]) {
      expect(await against({ stackEvents: stack([p]) }), `with ${JSON.stringify(p)}`).toContain('no-proof→ask');
    }
  });
  test('within the first minute → wait, even with proof', async () =>
    expect(await against({ stackEvents: stack([deleted()]) }, { now: firstFailureAt + 30_000 })).toEqual(['settling→wait']));
  test('while the stack is still being updated nobody is asked about a proof: the guard waits for its end', async () =>
    expect(await against({ stackEvents: stack([], true) })).toEqual([]));
  test('a person removed it → ask, whatever else is known', async () => {
    expect(await against({ changeTrail: trail({ userName: 'alice', statementId: 's1' }) })).toEqual(['person-removed→ask']);
    expect(await against({ stackEvents: stack([deleted()]), changeTrail: trail({ userName: 'alice', statementId: 's1' }) })).toEqual([
      'person-removed→ask',
    ]);
    expect(await against({ stackEvents: stack([deleted()], true), changeTrail: trail({ userName: 'alice', statementId: 's1' }) })).toEqual([
      'person-removed→ask',
    ]);
  });
  test('CloudFormation called with a person’s rights is a deploy', async () => {
    const grant = { action: 'lambda:InvokeFunction', principal, sourceArn, qualifier: 'live' };
    const changeTrail = trail(
      { userName: 'alice', invokedBy: 'cloudformation.amazonaws.com', statementId: 's1' },
      { name: 'AddPermission', statementId: 's1', at: 5, grant },
    );
    expect(await against({ changeTrail })).toEqual([]);
  });
  test('a principal on the deploy list is a deploy, by pattern; one that only looks like it is a person', async () => {
    const grant = { action: 'lambda:InvokeFunction', principal, sourceArn, qualifier: 'live' };
    const by = (principalArn: string) =>
      trail({ principalArn, statementId: 's1' }, { name: 'AddPermission', statementId: 's1', at: 5, grant });
    const deployPrincipals = ['arn:aws:sts::111122223333:assumed-role/deployer/*'];
    expect(await against({ changeTrail: by('arn:aws:sts::111122223333:assumed-role/deployer/ci-42') }, { deployPrincipals })).toEqual([]);
    expect(await against({ changeTrail: by('arn:aws:sts::111122223333:assumed-role/deployer-2/ci-42') }, { deployPrincipals })).toEqual([
      'person-removed→ask',
    ]);
  });
  test('a deploy’s removal without the grant it had is no proof', async () =>
    expect(await against({ changeTrail: trail({ invokedBy: 'cloudformation.amazonaws.com', statementId: 's1' }) })).toEqual([
      'no-proof→ask',
    ]));
  test('proof for one statement is none for the other', async () =>
    expect(await against({ stackEvents: stack([deleted({ sourceArn: barred('POST').sourceArn })]) })).toEqual(['no-proof→ask']));
});
