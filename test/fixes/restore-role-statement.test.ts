// restore-role-statement: exactly what was recorded, and every reason to leave it alone.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix from '../../lib/fixes/restore-role-statement.ts';
import { got, missing, type Evidence, type Missing } from '../../lib/model/evidence.ts';
import type { RoleFact } from '../../lib/model/kinds/direct.ts';
import type { ExecutionRole, ExecutionRoles, PolicyWrite, RoleHistory } from '../../lib/model/kinds/removal.ts';
import { ok } from '../../lib/model/result.ts';
import { at } from '../laws/fault.ts';
import { wholeWay } from './whole-way.ts';

const now = Date.UTC(2026, 10, 20, 12);
const window = { from: 0, to: now };
const role = 'arn:aws:iam::111122223333:role/gateway';
const needs = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:111122223333:orders' };
const doc = (...actions: readonly string[]): string =>
  JSON.stringify({ Statement: actions.map((Action) => ({ Effect: 'Allow', Action, Resource: needs.resource })) });
const put = (when: number, document: string): PolicyWrite => ({ at: when, by: 'ann', what: 'put', policy: 'access', document });
const gone = (when: number): PolicyWrite => ({ at: when, by: 'alice', what: 'deleted', policy: 'access' });
const denied = { service: 'sqs', routes: [], role, needs, why: 'no-statement', says: 'x' };

interface Given {
  readonly facts?: unknown;
  readonly writes?: readonly PolicyWrite[];
  readonly tried?: RoleHistory['tried'];
  readonly unread?: Missing;
  readonly fact?: Partial<RoleFact> | 'none' | 'missing';
  readonly trail?: 'late';
  readonly there?: unknown;
  readonly cause?: string;
  readonly executionRoles?: Evidence<ExecutionRoles>;
}
const plan = (g: Given = {}) =>
  fix.plan({
    id: 'inc-1',
    at,
    diagnosis: { cause: g.cause ?? 'service-access-denied', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: g.facts ?? { calls: [denied] },
    evidence: {
      executionRoles: g.executionRoles ?? missing('empty', 'no function with errors of its own names a role'),
      roles:
        g.fact === 'missing'
          ? missing('denied', 'no')
          : got({ roles: g.fact === 'none' ? {} : { [role]: { exists: true, may: [], boundary: 'arn', ...g.fact } } }, window, 'aws'),
      roleTrail:
        g.trail === 'late'
          ? missing('late', 'CloudTrail has no record of a change yet')
          : got(
              {
                roles: {
                  [role]: {
                    writes: g.writes ?? [gone(now - 60_000), put(1, doc('sqs:SendMessage'))],
                    ...(g.unread ? { unread: g.unread } : {}),
                    tried: g.tried ?? [{ policy: 'access', ...needs, decision: 'allowed' }],
                  },
                },
              },
              window,
              'aws',
            ),
    },
    caps: { usdPerHour: 1, usdPerDay: 1, warmEnvironments: 1 },
    now,
    read: async () => ok({ value: g.there ?? 'absent' }),
  });

describe('what is put back', () => {
  test('the document as it was recorded, with who took it away', async () => {
    expect(await plan()).toEqual(
      ok([
        {
          setting: 'role-policy',
          target: {
            accountId: at.accountId,
            region: at.region,
            roleArn: role,
            policyName: 'access',
            removed: 'removed by alice at 2026-11-20 11:59 UTC',
            stage: { apiType: 'REST', apiId: at.apiId, apiName: 'orders', stage: 'prod' },
          },
          from: 'absent',
          to: { document: doc('sqs:SendMessage') },
        },
      ]),
    );
  });
  test('a statement taken out of a document, with the rest as it was', async () => {
    const [whole, left] = [doc('sqs:SendMessage', 'sqs:ReceiveMessage'), doc('sqs:ReceiveMessage')];
    expect(await plan({ writes: [put(2, left), put(1, whole)], there: { document: left } })).toMatchObject(
      ok([{ from: { document: left }, to: { document: whole } }]),
    );
  });
  test('a star that was recorded stays one, and none is made', async () => {
    const planned = await plan({ writes: [gone(2), put(1, doc('sqs:*'))] });
    expect(planned).toMatchObject(ok([{ to: { document: doc('sqs:*') } }]));
    expect(JSON.stringify(await plan())).not.toContain('*');
  });
  test('the role that a function is called with', async () => {
    const planned = await plan({ facts: { functions: [], roles: [{ role, why: 'no-statement', needs, says: 'x', routes: [] }] } });
    expect(planned.ok).toBe(true);
  });
});

test.each<[string, Given, RegExp]>([
  ['an explicit deny', { facts: { calls: [{ ...denied, why: 'explicit-deny' }] } }, /explicit-deny/],
  ['a trust that is gone beside it', { facts: { calls: [denied, { ...denied, why: 'not-trusted' }] } }, /not-trusted/],
  ['a need that is not known', { facts: { calls: [{ ...denied, needs: undefined }] } }, /keeps the gateway out/],
  ['a missing statement of a function', { facts: { functions: [{}] } }, /keeps the gateway out/],
  ['facts of another shape', { facts: { calls: 'x' } }, /does not say/],
  ['a role of another account', { facts: { calls: [{ ...denied, role: 'arn:aws:iam::999999999999:role/x' }] } }, /another account/],
  [
    'a role of AWS’s own',
    { facts: { calls: [{ ...denied, role: 'arn:aws:iam::111122223333:role/aws-service-role/ops.apigateway.amazonaws.com/X' }] } },
    /AWS’s own/,
  ],
  ['a role without a boundary', { fact: { boundary: undefined as unknown as string } }, /no permissions boundary/],
  ['a role that is gone', { fact: { exists: false } }, /gone/],
  ['a role nobody could read', { fact: 'none' }, /gone, or could not be read/],
  ['roles nobody could read', { fact: 'missing' }, /could not be read/],
  ['a trail that is late', { trail: 'late' }, /no record of a change yet/],
  ['no removal', { writes: [put(1, doc('sqs:SendMessage'))] }, /no removal \(yet\)/],
  ['IAM says it would not help', { tried: [{ policy: 'access', ...needs, decision: 'implicitDeny' }] }, /no removal/],
  ['IAM says it depends', { tried: [{ policy: 'access', ...needs, decision: 'conditioned' }] }, /no removal/],
  ['IAM was not asked', { tried: [] }, /no removal/],
  [
    'IAM was asked of something else',
    { tried: [{ policy: 'access', action: 'sqs:SendMessage', resource: 'other', decision: 'allowed' }] },
    /no removal/,
  ],
  ['it lets the role change permissions', { writes: [gone(2), put(1, doc('*'))] }, /not one to put back/],
  ['it was written again since, before the trail tells', { there: { document: doc('sqs:GetQueueUrl') } }, /edited since/],
  [
    'what is left was edited',
    {
      writes: [put(2, doc('sqs:ReceiveMessage')), put(1, doc('sqs:SendMessage', 'sqs:ReceiveMessage'))],
      there: { document: doc('sqs:Nothing') },
    },
    /edited since/,
  ],
  [
    'what was left is gone too',
    { writes: [put(2, doc('sqs:ReceiveMessage')), put(1, doc('sqs:SendMessage', 'sqs:ReceiveMessage'))] },
    /edited since/,
  ],
])('steps aside: %s', async (_, given, says) => {
  const planned = await plan(given);
  expect(planned.ok ? planned.value : planned.error.reason).toMatch(says);
});

describe('a managed policy that was detached', () => {
  const policy = 'arn:aws:iam::111122223333:policy/items';
  const off = (document?: string): PolicyWrite => ({
    at: now - 60_000,
    by: 'alice',
    what: 'detached',
    policy,
    ...(document === undefined ? {} : { document, version: 'v3' }),
  });
  const tried = [{ policy, ...needs, decision: 'allowed' }] as const;
  test('is attached again, at the version that was weighed', async () => {
    expect(await plan({ writes: [off(doc('sqs:SendMessage'))], tried })).toMatchObject(
      ok([
        {
          setting: 'role-attachment',
          target: {
            roleArn: role,
            policyArn: policy,
            removed: 'detached by alice at 2026-11-20 11:59 UTC',
            allows: `allow sqs:SendMessage on ${needs.resource}`,
          },
          from: 'absent',
          to: { version: 'v3' },
        },
      ]),
    );
  });
  test.each<[string, Given, RegExp]>([
    ['it lets the role do everything', { writes: [off(doc('*'))] }, /not one to put back/],
    ['it lets the role pass roles', { writes: [off(doc('sqs:*', 'iam:PassRole'))] }, /not one to put back/],
    ['it lets the role attach policies', { writes: [off(doc('sqs:*', 'iam:AttachRolePolicy'))] }, /not one to put back/],
    ['it would not help', { writes: [off(doc('s3:*'))], tried: [{ ...tried[0], decision: 'implicitDeny' }] }, /no removal/],
    ['it was attached since', { writes: [{ ...off(), at: now, what: 'attached' }, off(doc('sqs:*'))] }, /no removal/],
    ['it stands there by now', { writes: [off(doc('sqs:*'))], there: { version: 'v3' } }, /attached to gateway again/],
    [
      'it could not be read',
      { writes: [off()], unread: missing('denied', 'iam:GetPolicy: AccessDenied') },
      /could not be read: iam:GetPolicy/,
    ],
  ])('is left alone where %s', async (_, given, says) => {
    const planned = await plan({ tried, ...given });
    expect(planned.ok ? planned.value : planned.error.reason).toMatch(says);
  });
});

describe('the role that a function runs with', () => {
  const taken = { role, policy: 'access', ...needs, by: 'alice', at: now - 60_000 };
  const facts = { functions: [], what: 'denied', taken: [taken] };
  const known: ExecutionRole = {
    functions: ['orders:live'],
    fact: { exists: true, boundary: 'arn', may: [{ ...needs, decision: 'implicitDeny' }] },
    writes: [gone(now - 60_000), put(1, doc('sqs:SendMessage'))],
    tried: [{ policy: 'access', ...needs, decision: 'allowed' }],
  };
  const planned = async (over: Partial<ExecutionRole> | 'none' | 'late' = {}, more: unknown = facts) => {
    const executionRoles =
      over === 'late'
        ? missing('late', 'CloudTrail has no record of a removal yet')
        : got({ roles: over === 'none' ? {} : { [role]: { ...known, ...over } } }, window, 'aws');
    const result = await plan({ facts: more, cause: 'lambda-dependency-failure', executionRoles });
    return result.ok ? JSON.stringify(result.value) : result.error.reason;
  };
  test('gets back what CloudTrail recorded', async () => {
    expect(await planned()).toContain(JSON.stringify({ document: doc('sqs:SendMessage') }));
  });
  test.each<[string, Partial<ExecutionRole> | 'none' | 'late', unknown, RegExp]>([
    ['a log alone says denied', {}, { what: 'denied', action: 'sqs:SendMessage', name: needs.resource }, /shows nothing \(yet\)/],
    ['nothing was taken', {}, { what: 'denied', taken: [] }, /shows nothing \(yet\)/],
    ['it is throttled', {}, { ...facts, what: 'throttled' }, /shows nothing \(yet\)/],
    ['the diagnosis names what nobody took', {}, { ...facts, taken: [{ ...taken, action: 'iam:PassRole' }] }, /does not say/],
    ['the trail is late', 'late', facts, /no record of a removal yet/],
    ['the role was not read', 'none', facts, /does not say/],
    ['IAM allows it now', { fact: { exists: true, boundary: 'arn', may: [{ ...needs, decision: 'allowed' }] } }, facts, /does not say/],
    [
      'the boundary denies it',
      { fact: { exists: true, boundary: 'arn', may: [{ ...needs, decision: 'implicitDeny', by: 'boundary' }] } },
      facts,
      /does not say/,
    ],
    ['it would not help', { tried: [{ policy: 'access', ...needs, decision: 'implicitDeny' }] }, facts, /no removal/],
    ['IAM was not asked', { tried: [] }, facts, /no removal/],
    ['CloudTrail shows no removal', { writes: [put(1, doc('sqs:SendMessage'))] }, facts, /no removal/],
    ['no boundary', { fact: { exists: true, may: [{ ...needs, decision: 'implicitDeny' }] } }, facts, /no permissions boundary/],
    ['it lets the role change permissions', { writes: [gone(2), put(1, doc('*'))] }, facts, /not one to put back/],
  ])('is left alone where %s', async (_, over, more, says) => {
    expect(await planned(over, more)).toMatch(says);
  });
});

describe('the whole way of a function whose role lost something', () => {
  const bound = {
    arn: 'arn:aws:iam::111122223333:policy/boundary',
    statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  } as const;
  const installation = { resources: ['arn:aws:iam::111122223333:role/*'], permissionsBoundary: bound.arn };
  test.each<[string, string, string, boolean, boolean]>([
    ['with logs', 'execution-role-loses-permission', 'access', true, true],
    ['with the function’s log alone', 'execution-role-loses-permission', 'access', false, true],
    ['without any log', 'execution-role-loses-permission', 'access', false, false],
    ['a managed policy, with logs', 'execution-policy-detached', 'arn:aws:iam::111122223333:policy/orders-items', true, true],
    ['a managed policy, without any log', 'execution-policy-detached', 'arn:aws:iam::111122223333:policy/orders-items', false, false],
  ])('%s', async (_, breakage, policy, logs, functionLog) => {
    const way = await wholeWay(breakage, {
      fix: 'restore-role-statement',
      logs,
      installation,
      before: async (_store, account) => {
        account.services.putRole('orders-role', { boundary: bound });
        if (!functionLog) account.inject({ call: 'logs:FilterLogEvents', kind: 'denied' });
      },
    });
    expect((await way.incident()).diagnosis?.suspects.find((s) => s.id === 'lambda-dependency-failure')?.verdict).toMatchObject({
      is: 'confirmed',
      facts: { what: 'denied', action: 'dynamodb:PutItem', taken: [{ policy, by: 'alice' }] },
    });
    expect((await way.change()).approvals).toHaveLength(2);
    expect(way.proof).toBe('close');
    expect((await way.change()).step).toBe('verified');
    expect(await way.undo()).toBe('undone');
    expect(way.broken.shop.account.snapshot()).toEqual(way.before);
  });
});
