// The sandbox account behaves: causes arise from what was changed, show in lines and metrics after real delays, and vanish when put right.
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CallName, In, Out } from '../../lib/aws/calls.ts';
import { createAccount, type Account, type AlarmSpec, type ReleaseChange } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');
const [second, minute] = [1000, 60_000];
const alice = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' } as const;

interface Shop { readonly account: Account; readonly clock: SimulatedClock; readonly apiId: string; run(ms: number): Promise<void>; call<N extends CallName>(name: N, input: In<N>): Promise<Out<N>> }

async function shop(options: { apiType?: 'REST' | 'HTTP'; timeoutMs?: number; work?: ReleaseChange; logging?: 'OFF' | 'ERROR' | 'INFO'; perSecond?: number; timeoutSeconds?: number; initMs?: number; idleMs?: number } = {}): Promise<Shop> {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7 });
  account.putFunction({ name: 'orders', timeoutSeconds: options.timeoutSeconds ?? 10, memoryMb: 512, initMs: options.initMs ?? 300, ...(options.idleMs ? { idleMs: options.idleMs } : {}), work: { ms: 50, ...options.work } });
  account.putAlias('orders', 'live', account.publishVersion('orders'));
  const route = { method: 'GET', path: '/orders/{id}', functionName: 'orders', qualifier: 'live', ...(options.timeoutMs ? { timeoutMs: options.timeoutMs } : {}) };
  const { apiId } = account.putApi({ apiType: options.apiType ?? 'REST', name: 'orders', stage: 'prod', routes: [route], executionLogging: options.logging ?? 'ERROR', accessLog: { logGroup: '/access/orders', format: '{"status":"$context.status","error":"$context.integration.error","type":"$context.error.responseType","service":"$context.integration.integrationStatus","request":"$context.integration.requestId"}' } });
  account.putStack('orders-stack', { functions: ['orders'], permissions: [{ logicalId: 'OrdersInvoke', functionName: 'orders', qualifier: 'live', sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*/GET/orders/*` }] });
  account.settlePermissions();
  if (options.perSecond !== 0) account.traffic({ apiId, stage: 'prod', perSecond: options.perSecond ?? 5 });
  const admin = account.attempt('admin');
  const run = (ms: number): Promise<void> => clock.runUntil(clock.now() + ms);
  const call = async <N extends CallName>(name: N, input: In<N>): Promise<Out<N>> => {
    const asked = admin(name, input);
    await run(second);
    const answer = await asked;
    if (!answer.ok) throw new Error(`${name}: ${answer.error.name} ${answer.error.message}`);
    return answer.value;
  };
  return { account, clock, apiId, run, call };
}

const once = (s: Shop) => s.account.request({ apiId: s.apiId, stage: 'prod', method: 'GET', path: '/orders/1' });

async function executionLines(s: Shop): Promise<string[]> {
  const { events } = await s.call('logs:FilterLogEvents', { logGroupName: `API-Gateway-Execution-Logs_${s.apiId}/prod`, startTime: start });
  return (events ?? []).map((e) => e.message ?? '');
}
async function sum(s: Shop, namespace: string, metric: string, dims: Record<string, string>, stat = 'Sum'): Promise<number[]> {
  const query = { Id: 'm', MetricStat: { Metric: { Namespace: namespace, MetricName: metric, Dimensions: Object.entries(dims).map(([Name, Value]) => ({ Name, Value })) }, Period: 60, Stat: stat } };
  const answer = await s.call('cloudwatch:GetMetricData', { MetricDataQueries: [query], StartTime: new Date(start), EndTime: new Date(s.clock.now()), ScanBy: 'TimestampAscending' });
  return answer.MetricDataResults?.[0]?.Values ?? [];
}
const gatewayDims = { ApiName: 'orders', Stage: 'prod' };

describe('the invoke permission', () => {
  test('gone by a deploy, requests give 500 some seconds later; put back, they recover', async () => {
    const s = await shop();
    await s.run(2 * minute);
    expect(s.account.stats(s.apiId, 'prod')).toMatchObject({ serverErrors: 0, clientErrors: 0 });
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 30 * second });
    expect(once(s).status).toBe(200); // not gone before the clean-up, and in force some seconds after
    await s.run(30 * second);
    expect(s.account.stats(s.apiId, 'prod')).toMatchObject({ ok: 0 });
    expect(once(s)).toMatchObject({ status: 500, fault: 'permission' });
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
    const { events } = await s.call('logs:FilterLogEvents', { logGroupName: '/access/orders', startTime: s.clock.now() - minute, limit: 1 });
    expect(JSON.parse(events?.[0]?.message ?? '')).toMatchObject({ status: '500', type: 'API_CONFIGURATION_ERROR', service: '-', request: '-' });
    expect((await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).at(-1)).toBeGreaterThan(200);
    const errors = await sum(s, 'AWS/Lambda', 'Errors', { FunctionName: 'orders' });
    expect(errors.reduce((a, b) => a + b, 0)).toBe(0);
    expect((await sum(s, 'AWS/Lambda', 'Invocations', { FunctionName: 'orders', Resource: 'orders:live' })).length).toBeLessThanOrEqual(3);
  });

  test('is looked for on exactly the qualifier the integration names', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.putAlias('orders', 'next', '1');
    s.account.repoint({ apiId: s.apiId, stage: 'prod', qualifier: 'next' });
    expect(once(s)).toMatchObject({ status: 500, fault: 'permission' });
    s.account.grant({ functionName: 'orders', statementId: 'unqualified', sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:*' });
    await s.run(10 * second);
    expect(once(s).fault).toBe('permission');
  });

  test.each([
    ['another method', (api: string) => `${api}/prod/POST/orders/*`],
    ['another stage', (api: string) => `${api}/test/GET/orders/*`],
    ['another API', () => 'zzzzzzzzzz/*/*/*'],
    ['a longer path', (api: string) => `${api}/*/GET/orders/*/items`],
  ])('of %s does not help', async (_name, tail) => {
    const s = await shop({ perSecond: 0 });
    s.account.revoke({ functionName: 'orders', qualifier: 'live', statementId: (await policySids(s))[0] ?? '', by: alice });
    s.account.grant({ functionName: 'orders', qualifier: 'live', statementId: 'x', sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${tail(s.apiId)}` });
    await s.run(10 * second);
    expect(once(s).fault).toBe('permission');
  });

  test('an explicit deny wins', async () => {
    const s = await shop({ perSecond: 0 });
    expect(once(s).status).toBe(200);
    s.account.putStatement('orders', 'live', { Sid: 'no', Effect: 'Deny', Principal: '*', Action: 'lambda:*', Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live' });
    await s.run(10 * second);
    expect(once(s).fault).toBe('permission');
  });
});

async function policySids(s: Shop): Promise<string[]> {
  const { Policy } = await s.call('lambda:GetPolicy', { FunctionName: 'orders', Qualifier: 'live' });
  return (JSON.parse(Policy ?? '{}') as { Statement: { Sid: string }[] }).Statement.map((x) => x.Sid);
}

describe('other causes', () => {
  test.each([
    ['a throw', { outcome: 'throw', errorText: 'boom' }, {}, 502, 500, /due to customer function error: boom\. Lambda request id/],
    ['a malformed answer', { outcome: 'malformed' }, {}, 502, 500, /Malformed Lambda proxy response/],
    ['work beyond the function timeout', { ms: 15 * second }, {}, 502, 500, /customer function error: 2026-\S+ \S+ Task timed out after 10\.00 seconds/],
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
    const { events } = await s.call('logs:FilterLogEvents', { logGroupName: '/aws/lambda/orders', filterPattern: '"Task timed out"', startTime: start, limit: 1 });
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
    expect(once(s)).toMatchObject({ status: 502, fault: 'not-found' });
    await s.run(10 * second);
    expect(once(s)).toMatchObject({ status: 500, fault: 'permission' });
    await expect(s.call('lambda:GetFunctionConfiguration', { FunctionName: 'orders' })).rejects.toThrow('ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders');
    expect((await executionLines(s)).some((l) => l.includes('Execution failed due to configuration error: Function not found: arn:aws:lambda:us-east-1:111122223333:function:orders:live'))).toBe(true);
    s.account.restoreFunction('orders');
    expect(once(s).status).toBe(200);
  });

  test('a missing alias', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.deleteAlias('orders', 'live');
    expect(once(s)).toMatchObject({ status: 502, fault: 'not-found' });
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
    const { apiId } = account.putApi({ apiType: 'REST', name: 'a', stage: 'p', routes: [{ method: 'ANY', path: '/{proxy+}', functionName: 'a' }] });
    account.grant({ functionName: 'a', statementId: 's', sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*` });
    account.settlePermissions();
    const statuses = [1, 2, 3, 4].map(() => account.request({ apiId, stage: 'p', method: 'PUT', path: '/x/y' }).status);
    expect(statuses).toEqual([200, 200, 200, 500]);
  });

  test('an HTTP backend: slow, unreachable, failing by itself', async () => {
    const s = await shop({ perSecond: 0 });
    const { apiId } = s.account.putApi({ apiType: 'REST', name: 'web', stage: 'p', routes: [{ method: 'GET', path: '/', httpBackend: { ms: 100 } }] });
    const get = () => s.account.request({ apiId, stage: 'p', method: 'GET', path: '/' });
    const change = (backend: { ms?: number; status?: number; unreachable?: boolean }) => s.account.setBackend({ apiId, stage: 'p', method: 'GET', path: '/' }, backend);
    expect(get().status).toBe(200);
    change({ ms: 40 * second });
    expect(get()).toMatchObject({ status: 504, fault: 'timeout' });
    change({ ms: 10, unreachable: true });
    expect(get()).toMatchObject({ status: 504, fault: 'network' });
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
    expect(once(s)).toMatchObject({ status: 504, fault: 'timeout' });
    await s.run(20 * second);
    expect(once(s).status).toBe(200);
    await s.run(2 * minute);
    expect(once(s).status).toBe(504);
    await s.run(5 * minute);
    expect(Math.max(...(await sum(s, 'AWS/Lambda', 'Duration', { FunctionName: 'orders' }, 'Maximum')))).toBeLessThan(100);
    const { events } = await s.call('logs:FilterLogEvents', { logGroupName: '/aws/lambda/orders', filterPattern: '"Init Duration"', startTime: start });
    expect(events).toHaveLength(2);
  });

  test('an init over ten seconds runs again inside the invoke, within the function’s timeout', async () => {
    const s = await shop({ initMs: 12_000, timeoutSeconds: 5, perSecond: 0 });
    expect(once(s)).toMatchObject({ status: 502, fault: 'function-error' });
  });

  test('provisioned concurrency: in progress for minutes, then every request is warm; spillover is counted; taken away, cold again', async () => {
    const s = await shop({ initMs: 8000, timeoutMs: 5000, perSecond: 0, idleMs: minute });
    const at = { FunctionName: 'orders', Qualifier: 'live' };
    expect(await s.call('lambda:PutProvisionedConcurrencyConfig', { ...at, ProvisionedConcurrentExecutions: 2 })).toMatchObject({ Status: 'IN_PROGRESS', AvailableProvisionedConcurrentExecutions: 0 });
    await s.run(minute);
    expect(once(s).status).toBe(504);
    await s.run(3 * minute);
    expect(await s.call('lambda:GetProvisionedConcurrencyConfig', at)).toMatchObject({ Status: 'READY', AvailableProvisionedConcurrentExecutions: 2 });
    expect([once(s).status, once(s).status, once(s).status]).toEqual([200, 200, 504]);
    await s.run(5 * minute);
    const spilled = await sum(s, 'AWS/Lambda', 'ProvisionedConcurrencySpilloverInvocations', { FunctionName: 'orders', Resource: 'orders:live' });
    expect(spilled.reduce((a, b) => a + b)).toBe(1);
    await s.call('lambda:DeleteProvisionedConcurrencyConfig', at);
    await expect(s.call('lambda:GetProvisionedConcurrencyConfig', at)).rejects.toThrow('ProvisionedConcurrencyConfigNotFoundException No Provisioned Concurrency Config found for this function');
    expect(once(s).status).toBe(504);
  });

  test('provisioned concurrency is refused in AWS’s words', async () => {
    const s = await shop({ perSecond: 0 });
    const put = (Qualifier: string, n: number) => s.call('lambda:PutProvisionedConcurrencyConfig', { FunctionName: 'orders', Qualifier, ProvisionedConcurrentExecutions: n });
    await expect(put('$LATEST', 1)).rejects.toThrow('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    await expect(put('nobody', 1)).rejects.toThrow('The function resource provided must be an alias or a published version.');
    await expect(put('live', 1001)).rejects.toThrow("Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].");
    await expect(put('live', 901)).rejects.toThrow("Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].");
    await put('live', 5);
    await expect(put('1', 1)).rejects.toThrow('Version is pointed by a Provisioned Concurrency alias');
    s.account.putAlias('orders', 'second', '1');
    await expect(put('second', 1)).rejects.toThrow("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
    s.account.putReserved('orders', 6);
    await expect(put('live', 7)).rejects.toThrow('Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function');
  });
});

describe('news', () => {
  const alarm: AlarmSpec = { name: 'Api5xx', namespace: 'AWS/ApiGateway', metricName: '5XXError', dimensions: gatewayDims, threshold: 5, comparison: 'GreaterThanThreshold', periodSeconds: 60, evaluationPeriods: 1, treatMissingData: 'notBreaching' };

  test('an alarm speaks on transitions only, one to three minutes late, in EventBridge’s shape', async () => {
    const s = await shop();
    const events: { at: number; state: string; event: unknown }[] = [];
    s.account.onBusEvent((event) => events.push({ at: s.clock.now() - start, state: (event.detail['state'] as { value: string }).value, event }));
    s.account.putAlarm(alarm);
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK']);
    const brokeAt = s.clock.now() - start;
    s.account.release('orders', { outcome: 'throw' });
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK', 'ALARM']);
    const [, bad] = events;
    expect((bad?.at ?? 0) - brokeAt).toBeGreaterThan(minute);
    expect((bad?.at ?? 0) - brokeAt).toBeLessThan(4.2 * minute);
    expect(bad?.event).toMatchObject({
      source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', account: '111122223333', resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:Api5xx'],
      detail: { alarmName: 'Api5xx', configuration: { metrics: [{ metricStat: { metric: { namespace: 'AWS/ApiGateway', name: '5XXError', dimensions: gatewayDims }, period: 60, stat: 'Sum' }, returnData: true }] }, previousState: { value: 'OK' }, state: { value: 'ALARM', reason: expect.stringMatching(/^Threshold Crossed: 1 out of the last 1 datapoints \[\d+\.0 \(01\/10\/26 12:\d\d:00\)\] was greater than the threshold \(5\.0\)/), timestamp: expect.stringMatching(/\+0000$/) } },
    });
    s.account.release('orders', { outcome: 'ok' });
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK', 'ALARM', 'OK']);
    const { MetricAlarms } = await s.call('cloudwatch:DescribeAlarms', { AlarmNames: ['Api5xx'] });
    expect(MetricAlarms?.[0]).toMatchObject({ StateValue: 'OK', Threshold: 5, Dimensions: [{ Name: 'ApiName', Value: 'orders' }, { Name: 'Stage', Value: 'prod' }] });
  });

  test('a subscription delivers matching lines in batches, seconds later, after a control message', async () => {
    const s = await shop();
    const got: { at: number; body: { messageType: string; logGroup: string; logEvents: { id: string; timestamp: number; message: string }[] } }[] = [];
    s.account.onLogDelivery((destination, event) => got.push({ at: s.clock.now(), body: JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString()) }));
    const group = `API-Gateway-Execution-Logs_${s.apiId}/prod`;
    await s.call('logs:PutSubscriptionFilter', { logGroupName: group, filterName: 'bot', filterPattern: '?"Execution failed" ?"Lambda execution failed"', destinationArn: 'arn:aws:lambda:us-east-1:111122223333:function:bot' });
    await s.run(10 * second);
    expect(got.map((g) => g.body.messageType)).toEqual(['CONTROL_MESSAGE']);
    const brokeAt = s.clock.now();
    s.account.release('orders', { outcome: 'throw', errorText: 'boom' });
    await s.run(20 * second);
    const [, first] = got;
    expect(first?.body).toMatchObject({ messageType: 'DATA_MESSAGE', owner: '111122223333', logGroup: group, subscriptionFilters: ['bot'] });
    expect((first?.at ?? 0) - brokeAt).toBeLessThan(8 * second);
    const events = got.slice(1).flatMap((g) => g.body.logEvents);
    expect(events.length).toBeGreaterThan(50);
    expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
    expect(events.every((e) => e.id.length === 56 && e.message.includes('Lambda execution failed'))).toBe(true);
    await s.call('logs:PutSubscriptionFilter', { logGroupName: group, filterName: 'two', filterPattern: '', destinationArn: 'arn:x' });
    await expect(s.call('logs:PutSubscriptionFilter', { logGroupName: group, filterName: 'three', filterPattern: '', destinationArn: 'arn:x' })).rejects.toThrow('LimitExceededException Resource limit exceeded.');
  });

  test('deliveries come twice when a fault says so', async () => {
    const s = await shop({ work: { outcome: 'throw' } });
    const ids: string[] = [];
    s.account.onBusEvent((event) => ids.push(event.id));
    s.account.inject({ kind: 'duplicate', times: 1 });
    s.account.putAlarm(alarm);
    await s.run(10 * minute);
    expect([ids.length, new Set(ids).size]).toEqual([3, 2]);
  });

  test('CloudTrail answers after minutes, and says whether CloudFormation or a person did it', async () => {
    const s = await shop({ perSecond: 0 });
    await s.run(20 * minute);
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 30 * second });
    s.account.grant({ functionName: 'orders', statementId: 'mine', sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:x/*', by: alice });
    s.account.revoke({ functionName: 'orders', statementId: 'mine', by: alice, trailDelayMs: 12 * minute });
    const removals = async () => {
      const { Events } = await s.call('cloudtrail:LookupEvents', { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'orders' }] });
      return (Events ?? []).filter((e) => e.EventName === 'RemovePermission20150331v2').map((e) => JSON.parse(e.CloudTrailEvent ?? '{}') as { userIdentity: { invokedBy?: string; arn: string }; requestParameters: { statementId: string } });
    };
    await s.run(minute);
    expect(await removals()).toEqual([]);
    await s.run(8 * minute);
    expect(await removals()).toMatchObject([{ userIdentity: { invokedBy: 'cloudformation.amazonaws.com' }, requestParameters: { functionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders', qualifier: 'live' } }]);
    await s.run(6 * minute);
    expect((await removals()).map((r) => r.userIdentity.arn)).toContain(alice.arn);
  });

  test('stack events come at once, with the properties of the permission; the stack is busy as long as the deploy', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 60 * second });
    await s.run(6 * second);
    const { StackEvents } = await s.call('cloudformation:DescribeStackEvents', { StackName: 'orders-stack' });
    expect(StackEvents?.[0]).toMatchObject({ LogicalResourceId: 'OrdersInvoke', ResourceType: 'AWS::Lambda::Permission', ResourceStatus: 'DELETE_COMPLETE' });
    expect(JSON.parse(StackEvents?.[0]?.ResourceProperties ?? '{}')).toMatchObject({ FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live', Principal: 'apigateway.amazonaws.com' });
    const status = async () => (await s.call('cloudformation:DescribeStacks', { StackName: 'orders-stack' })).Stacks?.[0]?.StackStatus;
    expect(await status()).toBe('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await s.run(minute);
    expect(await status()).toBe('UPDATE_COMPLETE');
    expect((await s.call('lambda:ListTags', { Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders' })).Tags).toMatchObject({ 'aws:cloudformation:stack-name': 'orders-stack' });
  });

  test('datapoints are missing, not zero, without traffic, and late with it', async () => {
    const s = await shop({ perSecond: 0 });
    await s.run(5 * minute);
    expect(await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).toEqual([]);
    once(s);
    await s.run(minute);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', gatewayDims)).toEqual([]);
    await s.run(3 * minute);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', gatewayDims)).toEqual([1]);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', { ApiName: 'orders' })).toEqual([1]);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', { Stage: 'prod' })).toEqual([]);
    expect(await sum(s, 'AWS/Lambda', 'Invocations', {})).toEqual([1]);
  });
});
