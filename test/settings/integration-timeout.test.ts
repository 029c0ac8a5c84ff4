// integration-timeout against the sandbox's API Gateway: the edited value of both families, and AWS's own limits.
import { describe, expect, test } from 'vitest';
import { ok } from '../../lib/model/result.ts';
import timeout, { type TimeoutTarget } from '../../lib/settings/integration-timeout.ts';
import { room, type Room } from './gateway-room.ts';

const [five, most] = [{ timeoutMs: 5000 }, { timeoutMs: 29_000 }];

async function targetIn({ account, at }: Room): Promise<TimeoutTarget> {
  const { accountId, region, apiType, apiId, stage } = at;
  const admin = account.attempt('admin');
  const place = { accountId, region, apiType, apiId, stage, method: 'GET', path: '/orders' };
  if (apiType !== 'REST') {
    const all = await admin('apigatewayv2:GetIntegrations', { ApiId: apiId });
    return { ...place, id: (all.ok && all.value.Items?.[0]?.IntegrationId) || '' };
  }
  const all = await admin('apigateway:GetResources', { restApiId: apiId });
  return { ...place, id: (all.ok && all.value.items?.[0]?.id) || '' };
}

describe('integration-timeout', () => {
  test('REST: the edited value changes and comes back; what is served is as it was', async () => {
    const r = room(timeout, 'REST', 5000);
    const t = await targetIn(r);
    const before = r.account.snapshot() as { stages: Record<string, { serves: unknown }> };
    expect(await timeout.read(r.aws, t)).toEqual(ok({ value: five }));
    expect(await timeout.write(r.aws, t, five, most)).toEqual(ok(undefined));
    expect(await timeout.settled(r.aws, t, most)).toEqual(ok('settled'));
    const edited = r.account.snapshot() as typeof before;
    expect(edited).not.toEqual(before);
    expect(edited.stages[`${t.apiId}/prod`]?.serves).toEqual(before.stages[`${t.apiId}/prod`]?.serves);
    await timeout.write(r.aws, t, most, five);
    expect(r.account.snapshot()).toEqual(before);
  });
  test('HTTP: in force at once where the stage deploys by itself', async () => {
    const r = room(timeout, 'HTTP', 5000);
    const t = await targetIn(r);
    const before = r.account.snapshot();
    await timeout.write(r.aws, t, five, { timeoutMs: 30_000 });
    expect(await timeout.read(r.aws, t)).toEqual(ok({ value: { timeoutMs: 30_000 } }));
    await timeout.write(r.aws, t, { timeoutMs: 30_000 }, five);
    expect(r.account.snapshot()).toEqual(before);
  });
  test('AWS’s refusals come back as they are', async () => {
    const r = room(timeout, 'REST', 5000);
    const t = await targetIn(r);
    expect(await timeout.write(r.aws, t, five, { timeoutMs: 29_500 })).toMatchObject({
      error: { message: 'Timeout should be between 50 ms and 29000 ms' },
    });
    expect(await timeout.read(r.aws, { ...t, id: 'gone' })).toMatchObject({ error: { kind: 'gone' } });
    expect(await timeout.write(r.aws, t, five, 'absent')).toMatchObject({ error: { kind: 'refused' } });
  });
  test('is shown, and done by hand, as it is', () => {
    const t: TimeoutTarget = {
      accountId: '1',
      region: 'us-east-1',
      apiType: 'REST',
      apiId: 'a1',
      stage: 'prod',
      method: 'GET',
      path: '/orders',
      id: 'r1',
    };
    expect(timeout.show(t, five, most)).toBe('timeout of GET /orders: 5 s → 29 s');
    expect(timeout.byHand(t, most, five)).toBe(
      'aws apigateway update-integration --rest-api-id a1 --resource-id r1 --http-method GET --region us-east-1 --patch-operations op=replace,path=/timeoutInMillis,value=5000',
    );
    expect(timeout.writesTo(t)).toBe('arn:aws:apigateway:us-east-1::/restapis/a1');
  });
});
