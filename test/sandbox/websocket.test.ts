// A WebSocket API of the sandbox as AWS would show it: its own metrics, an execution log under its own name with short request ids, routes
// instead of an export; and Gatemedic's collectors read all of it.
import { expect, test } from 'vitest';
import { openShop, type ShopStage } from '../../lib/demo/shop.ts';
import { createAccount } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';
import { brokenShop } from '../stages/broken-shop.ts';
import { minute, second, start } from './one-api.ts';

async function chat() {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 7 });
  const stage = openShop(account, { logs: true }).stages.find((s) => s.apiType === 'WEBSOCKET');
  if (!stage) throw new Error('the shop has no WebSocket stage');
  account.settlePermissions();
  const attempt = account.attempt('admin');
  const run = (ms: number): Promise<void> => clock.runUntil(clock.now() + ms);
  const ask = async (name: string, input: object): Promise<Record<string, unknown>> => {
    const asked = attempt(name as 'logs:FilterLogEvents', input);
    await run(second);
    const answer = await asked;
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
    return answer.value as unknown as Record<string, unknown>;
  };
  return { account, stage, run, ask, sums: (name: string) => sumOf(ask, stage, name, clock) };
}

async function sumOf(
  ask: (name: string, input: object) => Promise<Record<string, unknown>>,
  stage: ShopStage,
  name: string,
  clock: SimulatedClock,
): Promise<number> {
  const Dimensions = [
    { Name: 'ApiId', Value: stage.apiId },
    { Name: 'Stage', Value: stage.stage },
  ];
  const Metric = { Namespace: 'AWS/ApiGateway', MetricName: name, Dimensions };
  const { MetricDataResults } = await ask('cloudwatch:GetMetricData', {
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    StartTime: new Date(clock.now() - 20 * minute),
    EndTime: new Date(clock.now()),
  });
  const [first] = MetricDataResults as readonly { readonly Values?: readonly number[] }[];
  return (first?.Values ?? []).reduce((all, n) => all + n, 0);
}

test('messages and connects are counted apart, a healthy API fails nowhere', async () => {
  const { run, sums } = await chat();
  await run(10 * minute);
  expect(await sums('MessageCount')).toBeGreaterThan(500);
  expect(await sums('ConnectCount')).toBeGreaterThan(500);
  for (const name of ['ExecutionError', 'IntegrationError', 'ClientError']) expect(await sums(name), name).toBe(0);
});

test('a function that crashes is the integration’s error, one that may not be called is an execution error', async () => {
  const crash = await chat();
  crash.account.release(crash.stage.functionName, { outcome: 'throw', ms: 20, errorText: 'TypeError: x' });
  await crash.run(10 * minute);
  expect(await crash.sums('IntegrationError')).toBeGreaterThan(500);
  expect(await crash.sums('ExecutionError')).toBe(0);
  const barred = await chat();
  barred.account.revoke({
    functionName: 'chat',
    qualifier: 'live',
    statementId: barred.stage.statementId,
    by: { kind: 'role', name: 'deployer' },
  });
  await barred.run(10 * minute);
  expect(await barred.sums('ExecutionError')).toBeGreaterThan(500);
  expect(await barred.sums('IntegrationError')).toBe(0);
  const { events } = await barred.ask('logs:FilterLogEvents', {
    logGroupName: `/aws/apigateway/${barred.stage.apiId}/prod`,
    filterPattern: '"Invalid permissions"',
    limit: 1,
  });
  expect((events as readonly { readonly message: string }[])[0]?.message).toMatch(
    /^\([\w-]{15}=\) Execution failed due to configuration error: Invalid permissions on Lambda function$/,
  );
});

test.each([true, false])('a release that crashes is found behind a WebSocket API as behind any other (logs: %s)', async (logs) => {
  const broken = await brokenShop('websocket-permission-missing', {
    logs,
    shop: ({ account, stages }) => {
      const stage = stages.find((s) => s.apiType === 'WEBSOCKET');
      if (!stage) throw new Error('the shop has no WebSocket stage');
      // the breakage's own fault is mended at once; what is left is the release
      account.grant({
        functionName: 'chat',
        qualifier: 'live',
        statementId: 'again',
        sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${stage.apiId}/*`,
      });
      account.settlePermissions();
      account.release(stage.functionName, { outcome: 'throw', ms: 20, errorText: 'TypeError: Cannot read properties of undefined' });
    },
  });
  const { diagnosis } = await broken.look(200 * second);
  expect(`${diagnosis.certainty} ${diagnosis.cause}`).toBe('confirmed lambda-unhandled-error');
});
