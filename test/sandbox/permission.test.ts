// The invoke permission of the sandbox: gone, requests fail with the right lines and metrics; put back, they recover after the real lag.
import { describe, expect, test } from 'vitest';
import { alice, executionLines, gatewayDims, minute, once, policySids, second, shop, sum } from './one-api.ts';

describe('the invoke permission', () => {
  test('gone by a deploy, requests give 500 some seconds later; put back, they recover', async () => {
    const s = await shop();
    await s.run(2 * minute);
    expect(s.account.stats(s.apiId, 'prod')).toMatchObject({ serverErrors: 0, clientErrors: 0 });
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 30 * second });
    expect(once(s).status).toBe(200); // not gone before the clean-up, and in force some seconds after
    await s.run(30 * second);
    expect(s.account.stats(s.apiId, 'prod')).toMatchObject({ ok: 0 });
    expect(once(s)).toMatchObject({ status: 500, fault: { name: 'permission' } });
    const sourceArn = `arn:aws:execute-api:us-east-1:111122223333:${s.apiId}/*/*/*`;
    s.account.grant({ functionName: 'orders', qualifier: 'live', statementId: 'again', sourceArn, by: alice });
    expect(once(s).status).toBe(500);
    await s.run(20 * second);
    expect(s.account.stats(s.apiId, 'prod')).toMatchObject({ serverErrors: 0 });
  });

  test('says so in the execution log and the access log, and in no metric of Lambda', async () => {
    const s = await shop();
    await s.run(2 * minute);
    s.account.revoke({ functionName: 'orders', qualifier: 'live', statementId: (await policySids(s))[0] ?? '', by: alice });
    await s.run(5 * minute);
    const lines = await executionLines(s);
    expect(lines[0]).toMatch(/^\([0-9a-f-]{36}\) Execution failed due to configuration error: Invalid permissions on Lambda function$/);
    expect(lines[1]).toMatch(/^\([0-9a-f-]{36}\) Method completed with status: 500$/);
    const { events } = await s.call('logs:FilterLogEvents', {
      logGroupName: '/access/orders',
      startTime: s.clock.now() - minute,
      limit: 1,
    });
    expect(JSON.parse(events?.[0]?.message ?? '')).toMatchObject({
      status: '500',
      type: 'API_CONFIGURATION_ERROR',
      service: '-',
      request: '-',
    });
    expect((await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).at(-1)).toBeGreaterThan(200);
    const errors = await sum(s, 'AWS/Lambda', 'Errors', { FunctionName: 'orders' });
    expect(errors.reduce((a, b) => a + b, 0)).toBe(0);
    expect((await sum(s, 'AWS/Lambda', 'Invocations', { FunctionName: 'orders', Resource: 'orders:live' })).length).toBeLessThanOrEqual(3);
  });

  test('is looked for on exactly the qualifier the integration names', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.putAlias('orders', 'next', '1');
    s.account.repoint({ apiId: s.apiId, stage: 'prod', qualifier: 'next' });
    expect(once(s)).toMatchObject({ status: 500, fault: { name: 'permission' } });
    s.account.grant({ functionName: 'orders', statementId: 'unqualified', sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:*' });
    await s.run(10 * second);
    expect(once(s).fault?.name).toBe('permission');
  });

  test.each([
    ['another method', (api: string) => `${api}/prod/POST/orders/*`],
    ['another stage', (api: string) => `${api}/test/GET/orders/*`],
    ['another API', () => 'zzzzzzzzzz/*/*/*'],
    ['a longer path', (api: string) => `${api}/*/GET/orders/*/items`],
  ])('of %s does not help', async (_name, tail) => {
    const s = await shop({ perSecond: 0 });
    s.account.revoke({ functionName: 'orders', qualifier: 'live', statementId: (await policySids(s))[0] ?? '', by: alice });
    s.account.grant({
      functionName: 'orders',
      qualifier: 'live',
      statementId: 'x',
      sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${tail(s.apiId)}`,
    });
    await s.run(10 * second);
    expect(once(s).fault?.name).toBe('permission');
  });

  test('an explicit deny wins', async () => {
    const s = await shop({ perSecond: 0 });
    expect(once(s).status).toBe(200);
    s.account.putStatement('orders', 'live', {
      Sid: 'no',
      Effect: 'Deny',
      Principal: '*',
      Action: 'lambda:*',
      Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
    });
    await s.run(10 * second);
    expect(once(s).fault?.name).toBe('permission');
  });
});
