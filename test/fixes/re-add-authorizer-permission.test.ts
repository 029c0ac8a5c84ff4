// re-add-invoke-permission for a Lambda authorizer: the exact source ARN, never one of routes; refused where a statement would not help;
// unasked only on the proof of a deploy of the authorizer's own stack.
import { describe, expect, test } from 'vitest';
import fix, { statementIdOf } from '../../lib/fixes/re-add-invoke-permission.ts';
import type { StackPermission } from '../../lib/model/kinds/change.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import { withAuthorizers } from '../../lib/model/deployed.ts';
import { ok } from '../../lib/model/result.ts';
import { api, route } from '../collectors/fake-aws.ts';
import { accountId, at, region } from '../laws/workshop.ts';

const now = 10_000_000;
const firstFailureAt = now - 120_000;
const window = { from: 0, to: now };
const ref = { accountId, region, name: 'guard' };
const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${at.apiId}/authorizers/a1b2c3`;
const principal = 'apigateway.amazonaws.com';
const barred = { name: 'Guard', ref, sourceArn, explicitDeny: false };
const removed = (more: Partial<StackPermission> = {}): StackPermission => ({
  at: firstFailureAt - 2000,
  what: 'deleted',
  statementId: 'guard-stack-Invoke',
  functionName: 'guard',
  action: 'lambda:InvokeFunction',
  principal,
  sourceArn,
  ...more,
});
const evidenceOf = (permissions: readonly StackPermission[]) => ({
  deployedApi: got(
    api([route('/orders', 'orders', 'live')], { authorizers: [{ name: 'Guard', type: 'token', function: ref }] }),
    window,
    'aws',
  ),
  functionPolicy: missing('empty', 'not read'),
  stackEvents: got(
    { stacks: { guard: { stack: 'guard-stack', status: 'UPDATE_COMPLETE', inProgress: false, permissions } } },
    window,
    'aws',
  ),
  changeTrail: missing('late', 'CloudTrail has no record yet'),
  gatewayMetrics: missing('late', 'no datapoint yet'),
});
const plan = (authorizers: readonly object[], permissions: readonly StackPermission[] = [removed()], there: unknown = 'absent') =>
  fix.plan({
    id: 'inc-1',
    at,
    diagnosis: { cause: 'authorizer-permission', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: { authorizers },
    evidence: evidenceOf(permissions),
    caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 50 },
    now,
    read: async () => ok({ value: there }),
  });

describe('the statement', () => {
  const added = (arn: string) => ({
    setting: 'invoke-permission',
    target: { accountId, region, functionName: 'guard', statementId: statementIdOf({ name: 'guard' }, arn) },
    from: 'absent',
    to: { action: 'lambda:InvokeFunction', principal, sourceArn: arn },
  });
  test('names exactly the authorizer, on the function that authorizes', async () =>
    expect(await plan([barred], [])).toEqual(ok([added(sourceArn)])));
  test('is the removed one, verbatim, where that covered it', async () => {
    const wider = sourceArn.replace('a1b2c3', '*');
    expect(await plan([barred], [removed({ sourceArn: wider })])).toEqual(ok([added(wider)]));
  });
  test('of a route that was removed beside it is not put back for an authorizer', async () => {
    const ofRoutes = sourceArn.replace('authorizers/a1b2c3', 'prod/GET/orders');
    expect(await plan([barred], [removed({ sourceArn: ofRoutes })])).toEqual(ok([added(sourceArn)]));
  });
});

test.each([
  ['called with a role', { ...barred, credentials: 'arn:aws:iam::111122223333:role/g' }, /called with the role/],
  ['its id unknown', { name: 'Guard', ref, explicitDeny: false }, /is not known/],
  ['a Deny', { ...barred, explicitDeny: true }, /denies API Gateway expressly/],
  ['another account', { ...barred, ref: { ...ref, accountId: '999999999999' } }, /not this one/],
])('steps aside: %s', async (_, one, reason) => {
  expect(await plan([one])).toMatchObject({ ok: false, error: { reason: expect.stringMatching(reason) } });
});
test('steps aside: the statement is there', async () => {
  const there = { action: 'lambda:InvokeFunction', principal, sourceArn };
  expect(await plan([barred], [], there)).toMatchObject({ ok: false, error: { reason: expect.stringMatching(/there already/) } });
});

describe('unasked', () => {
  const against = async (permissions: readonly StackPermission[]) => {
    const planned = await plan([barred], permissions);
    if (!planned.ok) throw new Error(planned.error.reason);
    return fix
      .unasked?.({
        at,
        facts: {},
        evidence: evidenceOf(permissions),
        changes: planned.value,
        now,
        firstFailureAt,
        lastFailureAt: now,
        deployPrincipals: [],
        returned: 0,
      })
      .map((o) => `${o.id}→${o.lowersTo}`);
  };
  test('on the proof of a deploy of its own stack', async () => expect(await against([removed()])).toEqual([]));
  test('not without one, and not for a statement of routes', async () => {
    expect(await against([])).toEqual(['no-proof→ask']);
    expect(await against([removed({ sourceArn: sourceArn.replace('authorizers/a1b2c3', '*/*/*') })])).toEqual(['no-proof→ask']);
  });
});

test('functions that authorize are looked at beside those behind routes, once each, within the limit', () => {
  const routes = Array.from({ length: 12 }, (_, n) => route(`/${n}`, `f${String(n).padStart(2, '0')}`));
  const guards = ['guard', 'guard', 'f00'].map((name, n) => ({ name: `G${n}`, type: 'token' as const, function: { ...ref, name } }));
  const keys = withAuthorizers(api(routes, { authorizers: guards }), [], 4).map((f) => f.key);
  expect(keys).toEqual(['f00', 'f01', 'f02', 'guard']);
});
