// The other causes in the sandbox: each arises from what was changed, shows in lines and metrics, and vanishes when put right.
import { describe, expect, test } from 'vitest';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { executionLines, gatewayDims, minute, once, second, shop, start, sum } from './one-api.ts';

describe('other causes', () => {
  test.each([
    ['a throw', { outcome: 'throw', errorText: 'boom' }, {}, 502, 500, /due to customer function error: boom\. Lambda request id/],
    ['a malformed answer', { outcome: 'malformed' }, {}, 502, 500, /Malformed Lambda proxy response/],
    [
      'work beyond the function timeout',
      { ms: 15 * second },
      {},
      502,
      500,
      /customer function error: 2026-\S+ \S+ Task timed out after 10\.00 seconds/,
    ],
    ['work beyond the gateway timeout', { ms: 9 * second }, { timeoutMs: 5 * second }, 504, 503, /Execution failed due to a timeout error/],
  ] as const)('%s', async (_name, work, more, restStatus, httpStatus, line) => {
    const rest = await shop({ work, ...more });
    expect(once(rest).status).toBe(restStatus);
    await rest.run(minute);
    expect((await executionLines(rest)).some((text) => line.test(text))).toBe(true);
    const http = await shop({ apiType: 'HTTP', work, ...more, perSecond: 0 });
    expect(once(http).status).toBe(httpStatus);
  });

  test('a function that times out counts as its error, with the line and the duration', async () => {
    const s = await shop({ work: { ms: 15 * second } });
    await s.run(5 * minute);
    expect((await sum(s, 'AWS/Lambda', 'Errors', { FunctionName: 'orders' })).at(-1)).toBeGreaterThan(0);
    expect((await sum(s, 'AWS/Lambda', 'Duration', { FunctionName: 'orders' }, 'Maximum')).at(-1)).toBe(10_000);
    const { events } = await s.call('logs:FilterLogEvents', {
      logGroupName: '/aws/lambda/orders',
      filterPattern: '"Task timed out"',
      startTime: start,
      limit: 1,
    });
    expect(events?.[0]?.message).toMatch(/^2026-\S+Z [0-9a-f-]{36} Task timed out after 10\.00 seconds$/);
  });

  test('a gateway that gave up counts no error of Lambda', async () => {
    const s = await shop({ work: { ms: 9 * second }, timeoutMs: 5 * second });
    await s.run(5 * minute);
    expect((await sum(s, 'AWS/Lambda', 'Errors', { FunctionName: 'orders' })).reduce((a, b) => a + b)).toBe(0);
    expect((await sum(s, 'AWS/ApiGateway', 'IntegrationLatency', gatewayDims, 'Maximum')).at(-1)).toBe(5000);
    expect((await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).at(-1)).toBeGreaterThan(200);
  });

  test('a deleted function: for seconds not found, then no permission; back when it is restored', async () => {
    const s = await shop();
    await s.run(10 * second);
    s.account.deleteFunction('orders');
    expect(once(s)).toMatchObject({ status: 502, fault: { name: 'not-found' } });
    await s.run(10 * second);
    expect(once(s)).toMatchObject({ status: 500, fault: { name: 'permission' } });
    await expect(s.call('lambda:GetFunctionConfiguration', { FunctionName: 'orders' })).rejects.toThrow(
      'ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders',
    );
    expect(
      (await executionLines(s)).some((l) =>
        l.includes(
          'Execution failed due to configuration error: Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders:live',
        ),
      ),
    ).toBe(true);
    s.account.restoreFunction('orders');
    expect(once(s).status).toBe(200);
  });

  test('a missing alias', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.deleteAlias('orders', 'live');
    expect(once(s)).toMatchObject({ status: 502, fault: { name: 'not-found' } });
    await expect(s.call('lambda:GetAlias', { FunctionName: 'orders', Name: 'live' })).rejects.toThrow('Cannot find alias arn');
  });

  test('reserved concurrency throttles: 500, a 429 line, and Throttles', async () => {
    const s = await shop({ work: { ms: 1500 } });
    s.account.putReserved('orders', 1);
    await s.run(5 * minute);
    expect((await sum(s, 'AWS/Lambda', 'Throttles', { FunctionName: 'orders' })).at(-1)).toBeGreaterThan(100);
    const lines = await executionLines(s);
    const at = lines.findIndex((l) => l.includes('Lambda invocation failed with status: 429. Lambda request id: '));
    expect(lines[at + 1]).toContain('Execution failed due to configuration error: Rate Exceeded.');
    expect(lines[at + 2]).toContain('Method completed with status: 500');
    s.account.putReserved('orders', undefined);
    await s.run(20 * second);
    expect(s.account.stats(s.apiId, 'prod').serverErrors).toBe(0);
  });

  test('the limit of the account throttles functions without a reservation', async () => {
    const clock = new SimulatedClock(start);
    const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 1, concurrencyLimit: 3 });
    account.putFunction({ name: 'a', work: { ms: 2000 } });
    const { apiId } = account.putApi({
      apiType: 'REST',
      name: 'a',
      stage: 'p',
      routes: [{ method: 'ANY', path: '/{proxy+}', functionName: 'a' }],
    });
    account.grant({ functionName: 'a', statementId: 's', sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*` });
    account.settlePermissions();
    const statuses = [1, 2, 3, 4].map(() => account.request({ apiId, stage: 'p', method: 'PUT', path: '/x/y' }).status);
    expect(statuses).toEqual([200, 200, 200, 500]);
  });

  test('an HTTP backend: slow, unreachable, failing by itself', async () => {
    const s = await shop({ perSecond: 0 });
    const { apiId } = s.account.putApi({
      apiType: 'REST',
      name: 'web',
      stage: 'p',
      routes: [{ method: 'GET', path: '/', httpBackend: { ms: 100 } }],
    });
    const get = () => s.account.request({ apiId, stage: 'p', method: 'GET', path: '/' });
    const change = (backend: { ms?: number; status?: number; unreachable?: boolean }) =>
      s.account.setBackend({ apiId, stage: 'p', method: 'GET', path: '/' }, backend);
    expect(get().status).toBe(200);
    change({ ms: 40 * second });
    expect(get()).toMatchObject({ status: 504, fault: { name: 'timeout' } });
    change({ ms: 10, unreachable: true });
    expect(get()).toMatchObject({ status: 504, fault: { name: 'network' } });
    change({ unreachable: false, status: 503 });
    expect(get()).toMatchObject({ status: 503, fault: undefined });
  });

  test('Lambda down: 503 with its line', async () => {
    const s = await shop();
    s.account.setLambdaDown(true);
    await s.run(minute);
    expect((await executionLines(s)).some((l) => l.includes('Lambda invocation failed with status: 503.'))).toBe(true);
    s.account.setLambdaDown(false);
    expect(once(s).status).toBe(200);
  });
});

describe('cold starts', () => {
  test('init beyond what the gateway waits fails the first request only; idle environments start again', async () => {
    const s = await shop({ initMs: 8000, timeoutMs: 5000, perSecond: 0, idleMs: minute });
    expect(once(s)).toMatchObject({ status: 504, fault: { name: 'timeout' } });
    await s.run(20 * second);
    expect(once(s).status).toBe(200);
    await s.run(2 * minute);
    expect(once(s).status).toBe(504);
    await s.run(5 * minute);
    expect(Math.max(...(await sum(s, 'AWS/Lambda', 'Duration', { FunctionName: 'orders' }, 'Maximum')))).toBeLessThan(100);
    const { events } = await s.call('logs:FilterLogEvents', {
      logGroupName: '/aws/lambda/orders',
      filterPattern: '"Init Duration"',
      startTime: start,
    });
    expect(events).toHaveLength(2);
  });

  test('an init over ten seconds runs again inside the invoke, within the function’s timeout', async () => {
    const s = await shop({ initMs: 12_000, timeoutSeconds: 5, perSecond: 0 });
    expect(once(s)).toMatchObject({ status: 502, fault: { name: 'function-error' } });
  });

  test('provisioned concurrency: in progress for minutes, then every request is warm; spillover is counted; taken away, cold again', async () => {
    const s = await shop({ initMs: 8000, timeoutMs: 5000, perSecond: 0, idleMs: minute });
    const at = { FunctionName: 'orders', Qualifier: 'live' };
    expect(await s.call('lambda:PutProvisionedConcurrencyConfig', { ...at, ProvisionedConcurrentExecutions: 2 })).toMatchObject({
      Status: 'IN_PROGRESS',
      AvailableProvisionedConcurrentExecutions: 0,
    });
    await s.run(minute);
    expect(once(s).status).toBe(504);
    await s.run(3 * minute);
    expect(await s.call('lambda:GetProvisionedConcurrencyConfig', at)).toMatchObject({
      Status: 'READY',
      AvailableProvisionedConcurrentExecutions: 2,
    });
    expect([once(s).status, once(s).status, once(s).status]).toEqual([200, 200, 504]);
    await s.run(5 * minute);
    const spilled = await sum(s, 'AWS/Lambda', 'ProvisionedConcurrencySpilloverInvocations', {
      FunctionName: 'orders',
      Resource: 'orders:live',
    });
    expect(spilled.reduce((a, b) => a + b)).toBe(1);
    await s.call('lambda:DeleteProvisionedConcurrencyConfig', at);
    await expect(s.call('lambda:GetProvisionedConcurrencyConfig', at)).rejects.toThrow(
      'ProvisionedConcurrencyConfigNotFoundException No Provisioned Concurrency Config found for this function',
    );
    expect(once(s).status).toBe(504);
  });

  test('provisioned concurrency is refused in AWS’s words', async () => {
    const s = await shop({ perSecond: 0 });
    const put = (Qualifier: string, n: number) =>
      s.call('lambda:PutProvisionedConcurrencyConfig', { FunctionName: 'orders', Qualifier, ProvisionedConcurrentExecutions: n });
    await expect(put('$LATEST', 1)).rejects.toThrow('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    await expect(put('nobody', 1)).rejects.toThrow('The function resource provided must be an alias or a published version.');
    await expect(put('live', 1001)).rejects.toThrow(
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
    );
    await expect(put('live', 901)).rejects.toThrow(
      "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
    await put('live', 5);
    await expect(put('1', 1)).rejects.toThrow('Version is pointed by a Provisioned Concurrency alias');
    s.account.putAlias('orders', 'second', '1');
    await expect(put('second', 1)).rejects.toThrow(
      "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    );
    s.account.putReserved('orders', 6);
    await expect(put('live', 7)).rejects.toThrow(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  });
});
