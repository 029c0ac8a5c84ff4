// A shop of one API to break: what the tests of the sandbox account share.
import type { CallName, In, Out } from '../../lib/aws/calls.ts';
import { createAccount, type Account, type ReleaseChange } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

export const start = Date.parse('2026-10-01T12:00:00Z');
export const [second, minute] = [1000, 60_000];
export const alice = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' } as const;

export interface Shop {
  readonly account: Account;
  readonly clock: SimulatedClock;
  readonly apiId: string;
  run(ms: number): Promise<void>;
  call<N extends CallName>(name: N, input: In<N>): Promise<Out<N>>;
}

export async function shop(
  options: {
    apiType?: 'REST' | 'HTTP';
    timeoutMs?: number;
    work?: ReleaseChange;
    logging?: 'OFF' | 'ERROR' | 'INFO';
    perSecond?: number;
    timeoutSeconds?: number;
    initMs?: number;
    idleMs?: number;
  } = {},
): Promise<Shop> {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7 });
  account.putFunction({
    name: 'orders',
    timeoutSeconds: options.timeoutSeconds ?? 10,
    memoryMb: 512,
    initMs: options.initMs ?? 300,
    ...(options.idleMs ? { idleMs: options.idleMs } : {}),
    work: { ms: 50, ...options.work },
  });
  account.putAlias('orders', 'live', account.publishVersion('orders'));
  const route = {
    method: 'GET',
    path: '/orders/{id}',
    functionName: 'orders',
    qualifier: 'live',
    ...(options.timeoutMs ? { timeoutMs: options.timeoutMs } : {}),
  };
  const { apiId } = account.putApi({
    apiType: options.apiType ?? 'REST',
    name: 'orders',
    stage: 'prod',
    routes: [route],
    executionLogging: options.logging ?? 'ERROR',
    accessLog: {
      logGroup: '/access/orders',
      format:
        '{"status":"$context.status","error":"$context.integration.error","type":"$context.error.responseType","service":"$context.integration.integrationStatus","request":"$context.integration.requestId"}',
    },
  });
  account.putStack('orders-stack', {
    functions: ['orders'],
    permissions: [
      {
        logicalId: 'OrdersInvoke',
        functionName: 'orders',
        qualifier: 'live',
        sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*/GET/orders/*`,
      },
    ],
  });
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

export const once = (s: Shop) => s.account.request({ apiId: s.apiId, stage: 'prod', method: 'GET', path: '/orders/1' });

export async function executionLines(s: Shop): Promise<string[]> {
  const { events } = await s.call('logs:FilterLogEvents', { logGroupName: `API-Gateway-Execution-Logs_${s.apiId}/prod`, startTime: start });
  return (events ?? []).map((e) => e.message ?? '');
}
export async function sum(s: Shop, namespace: string, metric: string, dims: Record<string, string>, stat = 'Sum'): Promise<number[]> {
  const query = {
    Id: 'm',
    MetricStat: {
      Metric: { Namespace: namespace, MetricName: metric, Dimensions: Object.entries(dims).map(([Name, Value]) => ({ Name, Value })) },
      Period: 60,
      Stat: stat,
    },
  };
  const answer = await s.call('cloudwatch:GetMetricData', {
    MetricDataQueries: [query],
    StartTime: new Date(start),
    EndTime: new Date(s.clock.now()),
    ScanBy: 'TimestampAscending',
  });
  return answer.MetricDataResults?.[0]?.Values ?? [];
}
export const gatewayDims = { ApiName: 'orders', Stage: 'prod' };

export async function policySids(s: Shop): Promise<string[]> {
  const { Policy } = await s.call('lambda:GetPolicy', { FunctionName: 'orders', Qualifier: 'live' });
  return (JSON.parse(Policy ?? '{}') as { Statement: { Sid: string }[] }).Statement.map((x) => x.Sid);
}
