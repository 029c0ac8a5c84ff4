// How functions of the sandbox fail: what Lambda counts, what their logs and the gateway say (messages.md §4, §5, §9), what its answers show.
import { describe, expect, it } from 'vitest';
import type { ReleaseChange } from '../../lib/sandbox/account/index.ts';
import { executionLines, minute, once, second, shop, start, sum, type Shop } from './one-api.ts';

const dims = { FunctionName: 'orders', Resource: 'orders:live' };
const plain = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');

async function failing(
  work: ReleaseChange,
): Promise<{ readonly s: Shop; readonly status: number; readonly own: string[]; readonly gateway: string[] }> {
  const s = await shop({ perSecond: 0, work });
  const { status } = once(s);
  await s.run(3 * minute);
  const { events } = await s.call('logs:FilterLogEvents', { logGroupName: '/aws/lambda/orders', startTime: start });
  return { s, status, own: (events ?? []).map((e) => plain(e.message ?? '')), gateway: (await executionLines(s)).map(plain) };
}

describe('a run that dies', () => {
  it('at the start: INIT_REPORT and the error object; Errors equal Invocations', async () => {
    const { s, status, own, gateway } = await failing({ outcome: 'throw', dies: 'start', ms: 5 });
    expect(status).toBe(502);
    expect(own.join('\n')).toContain('Phase: init\tStatus: error\tError Type: Runtime.ImportModuleError');
    expect(own.join('\n')).toContain('undefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError"');
    expect(gateway.join('\n')).toContain("customer function error: Error: Cannot find module './config'");
    expect(await sum(s, 'AWS/Lambda', 'Errors', dims)).toEqual([1]);
    expect(await sum(s, 'AWS/Lambda', 'Invocations', dims)).toEqual([1]);
  });
  it('of memory: killed, and a REPORT with the memory full', async () => {
    const { own, gateway } = await failing({ outcome: 'throw', dies: 'memory', ms: 500 });
    expect(own).toContain('RequestId: id Error: Runtime exited with error: signal: killed\nRuntime.ExitError');
    expect(own.at(-1)).toContain('Memory Size: 512 MB\tMax Memory Used: 512 MB');
    expect(own.at(-1)).toContain('Status: error\tError Type: Runtime.ExitError');
    expect(gateway.join('\n')).toContain('customer function error: RequestId: id Error: Runtime exited with error: signal: killed');
  });
  it('of its answer: refused after the work, with memory to spare', async () => {
    const { own, gateway } = await failing({ outcome: 'throw', dies: 'size', ms: 500 });
    expect(own.join('\n')).toContain('Failed to post handler success response. Http response code: 413.');
    expect(own.at(-1)).toContain('Max Memory Used: 307 MB');
    expect(gateway.join('\n')).toContain('exceeded maximum allowed payload size (6291556 bytes)');
  });
  it('of an event in another format: 2.0 is read, a REST API sends 1.0', async () => {
    const { own } = await failing({ reads: '2.0' });
    expect(own.join('\n')).toContain("Cannot read properties of undefined (reading 'method')");
  });
});

describe('Lambda turns calls away', () => {
  it('while the key is off: 500, nothing invoked, and KMS says so', async () => {
    const s = await shop({ perSecond: 0 });
    const arn = s.account.sealWith('orders', 'k1');
    s.account.setKey(arn, 'Disabled');
    expect(once(s).status).toBe(500);
    await s.run(3 * minute);
    expect(await sum(s, 'AWS/Lambda', 'Invocations', dims)).toEqual([]);
    expect((await s.call('kms:DescribeKey', { KeyId: arn })).KeyMetadata?.KeyState).toBe('Disabled');
    expect((await s.call('lambda:GetFunctionConfiguration', { FunctionName: 'orders' })).KMSKeyArn).toBe(arn);
    expect((await executionLines(s)).map(plain).join('\n')).toContain('Lambda invocation failed with status: 502. Lambda request id: id');
    s.account.setKey(arn, 'Enabled');
    expect(once(s).status).toBe(200);
  });
  it('while it is not active', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.setFunctionState('orders', { state: 'Failed', code: 'SubnetOutOfIPAddresses', reason: 'no address' });
    expect(once(s).status).toBe(500);
    expect(await s.call('lambda:GetFunctionConfiguration', { FunctionName: 'orders', Qualifier: 'live' })).toMatchObject({
      State: 'Failed',
      StateReasonCode: 'SubnetOutOfIPAddresses',
    });
  });
});

describe('what its code calls', () => {
  const database = 'db.internal:5432';
  it('refuses: the run throws at once', async () => {
    const s = await shop({ perSecond: 0, work: { downstream: database } });
    expect(once(s).status).toBe(200);
    s.account.setDownstream(database, 'refuses');
    expect(once(s).status).toBe(502);
    await s.run(minute);
    expect((await executionLines(s)).join('\n')).toContain(`connect ECONNREFUSED ${database}`);
  });
  it('hangs: the function is stopped, and a trace shows for what, some seconds later', async () => {
    const s = await shop({ perSecond: 0, work: { downstream: database } });
    s.account.traceFunction('orders');
    s.account.setDownstream(database, 'hangs');
    const asked = {
      StartTime: new Date(start),
      EndTime: new Date(start + 10 * minute),
      FilterExpression: 'service(id(name: "orders", type: "AWS::Lambda::Function")) { fault = true }',
    };
    expect(once(s).status).toBe(502);
    await s.run(11 * second);
    expect((await s.call('xray:GetTraceSummaries', asked)).TraceSummaries).toEqual([]);
    await s.run(minute);
    const [summary] = (await s.call('xray:GetTraceSummaries', asked)).TraceSummaries ?? [];
    const { Traces } = await s.call('xray:BatchGetTraces', { TraceIds: [summary?.Id ?? ''] });
    const document = JSON.parse(Traces?.[0]?.Segments?.[0]?.Document ?? '{}') as { subsegments: { subsegments: object[] }[] };
    expect(document.subsegments[0]?.subsegments[0]).toMatchObject({ name: database, namespace: 'remote', in_progress: true });
  });
  it('sends no trace where tracing is off', async () => {
    const s = await shop({ perSecond: 0, work: { outcome: 'throw' } });
    once(s);
    await s.run(minute);
    const asked = {
      StartTime: new Date(start),
      EndTime: new Date(start + 10 * minute),
      FilterExpression: 'service(id(name: "orders", type: "AWS::Lambda::Function"))',
    };
    expect((await s.call('xray:GetTraceSummaries', asked)).TraceSummaries).toEqual([]);
  });
});
