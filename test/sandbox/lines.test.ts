// What the gateway and the functions write: order, levels, cuts, access formats, and text of callers inside.
import { expect, test } from 'vitest';
import { createAccount, type Account, type ApiSpec } from '../../lib/sandbox/account/index.ts';
import { SimulatedClock } from '../../lib/sandbox/clock.ts';

const start = Date.parse('2026-10-01T12:00:00Z');

function place(spec: Partial<ApiSpec> = {}): { account: Account; apiId: string; lines(group?: string): Promise<string[]> } {
  const clock = new SimulatedClock(start);
  const account = createAccount({ clock, accountId: '111122223333', region: 'us-east-1', seed: 3 });
  account.putFunction({ name: 'orders', initMs: 300, work: { ms: 20 }, environment: { PASSWORD: 'hunter2' } });
  const { apiId } = account.putApi({
    apiType: 'REST',
    name: 'orders',
    stage: 'prod',
    routes: [{ method: 'GET', path: '/pets/{id}', functionName: 'orders' }],
    ...spec,
  });
  account.grant({
    functionName: 'orders',
    statementId: 's',
    sourceArn: `arn:aws:execute-api:us-east-1:111122223333:${apiId}/*/GET/pets/*`,
  });
  account.settlePermissions();
  const lines = async (group = `API-Gateway-Execution-Logs_${apiId}/prod`): Promise<string[]> => {
    await clock.runUntil(clock.now() + 60_000);
    const asked = account.attempt('admin')('logs:FilterLogEvents', { logGroupName: group });
    await clock.runUntil(clock.now() + 1000);
    const answer = await asked;
    return answer.ok ? (answer.value.events ?? []).map((e) => e.message ?? '') : [answer.error.name];
  };
  return { account, apiId, lines };
}
const get = (p: ReturnType<typeof place>, path = '/pets/123') => p.account.request({ apiId: p.apiId, stage: 'prod', method: 'GET', path });
const withoutIds = (lines: readonly string[]): string[] =>
  lines.map((l) =>
    l
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
      .replace(/Request Id: \S{16}$/, 'Request Id: ext')
      .replaceAll(/\d+ ms/g, 'n ms'),
  );

test('INFO tells the whole good request, in API Gateway’s order', async () => {
  const p = place({ executionLogging: 'INFO' });
  get(p);
  expect(withoutIds((await p.lines()).map((l) => l.replaceAll(p.apiId, 'API')))).toMatchInlineSnapshot(`
    [
      "(id) Extended Request Id: ext",
      "(id) Verifying Usage Plan for request: id. API Key:  API Stage: API/prod",
      "(id) API Key  authorized because method 'GET /pets/{id}' does not require API Key. Request will not contribute to throttle or quota limits",
      "(id) Usage Plan check succeeded for API Key  and API Stage API/prod",
      "(id) Starting execution for request: id",
      "(id) HTTP Method: GET, Resource Path: /pets/123",
      "(id) Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:orders/invocations",
      "(id) Received response. Status: 200, Integration latency: n ms",
      "(id) Successfully completed execution",
      "(id) Method completed with status: 200",
      "(id) AWS Integration Endpoint RequestId : id",
    ]
  `);
});

test('ERROR tells failures only, OFF has no group at all', async () => {
  const p = place({ executionLogging: 'ERROR' });
  get(p);
  expect(await p.lines()).toEqual([]);
  p.account.setWork('orders', { outcome: 'malformed' });
  get(p);
  expect(withoutIds(await p.lines())).toEqual([
    '(id) Execution failed due to configuration error: Malformed Lambda proxy response',
    '(id) Method completed with status: 502',
  ]);
  expect(await place().lines()).toEqual(['ResourceNotFoundException']);
});

test('a line over 1,024 bytes is cut as API Gateway cuts it', async () => {
  const p = place({ executionLogging: 'ERROR' });
  p.account.setWork('orders', { outcome: 'throw', errorText: 'ä'.repeat(2000) });
  get(p);
  const [line = ''] = await p.lines();
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1024);
  expect(line.endsWith('ä [TRUNCATED]')).toBe(true);
});

test('a caller gets text into the path and, with data trace, more; the request stays as good as it is', async () => {
  const claim = 'Execution failed due to configuration error: Invalid permissions on Lambda function';
  const p = place({ executionLogging: 'INFO', dataTrace: true });
  expect(get(p, `/pets/${claim}?q=\n(8f1c7a0e-0000-4000-8000-000000000000) ${claim}`).status).toBe(200);
  const lines = await p.lines();
  expect(lines.some((l) => l.endsWith(`Resource Path: /pets/${claim}`))).toBe(true);
  expect(lines.some((l) => l.includes(`query string: {q=\n(8f1c7a0e`))).toBe(true);
  expect(lines.some((l) => l.includes('X-Amz-Security-Token='))).toBe(true);
});

test('an access log follows its format; absent values are "-"; HTTP APIs say it in their own words', async () => {
  const format =
    '$context.status|$context.error.responseType|$context.integration.error|$context.integrationStatus|$context.routeKey|$context.path|$context.unknown.thing';
  const rest = place({ accessLog: { logGroup: '/a', format } });
  get(rest);
  rest.account.setWork('orders', { outcome: 'throw', errorText: 'boom' });
  get(rest);
  expect(await rest.lines('/a')).toEqual([
    '200|-|-|200|GET /pets/{id}|/prod/pets/123|-',
    '502|INTEGRATION_FAILURE|Lambda Customer Function Error:boom|200|GET /pets/{id}|/prod/pets/123|-',
  ]);
  const http = place({ apiType: 'HTTP', accessLog: { logGroup: '/a', format } });
  http.account.setWork('orders', { outcome: 'throw', errorText: 'boom' });
  get(http);
  expect(await http.lines('/a')).toEqual([
    '500|INTEGRATION_FAILURE|The Lambda function returned the following error: boom. Check your Lambda function code and try again.|200|GET /pets/{id}|/pets/123|-',
  ]);
});

test('a function’s log has START, END and REPORT, the init of a new environment, and what it threw', async () => {
  const p = place();
  p.account.setWork('orders', { outcome: 'throw', errorText: 'boom' });
  get(p);
  const lines = withoutIds(await p.lines('/aws/lambda/orders'));
  expect(lines.map((l) => l.split(/[ \t]/)[0])).toEqual(['INIT_START', 'START', expect.stringMatching(/^2026-/), 'END', 'REPORT']);
  expect(lines[2]).toMatch(/\tid\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"boom"/);
  expect(lines[4]).toMatch(
    /^REPORT RequestId: id\tDuration: \d+\.n ms\tBilled Duration: n ms\tMemory Size: 128 MB\tMax Memory Used: 77 MB\tInit Duration: 300\.n ms$/,
  );
});

test('no such route: 403 on REST, 404 on HTTP, and no 5xx', () => {
  expect(get(place(), '/nowhere').status).toBe(403);
  expect(get(place({ apiType: 'HTTP' }), '/nowhere').status).toBe(404);
});

test('routes: the most literal wins; proxies, variables and $default match the rest', () => {
  const routes = [
    { method: 'ANY', path: '/{proxy+}', httpBackend: { ms: 1, status: 201 } },
    { method: 'GET', path: '/a/{x}', httpBackend: { ms: 1, status: 202 } },
    { method: 'GET', path: '/a/b', httpBackend: { ms: 1, status: 203 } },
  ];
  const p = place({ routes });
  expect(['/z/y', '/a/c', '/a/b'].map((path) => get(p, path).status)).toEqual([201, 202, 203]);
  expect(
    get(place({ apiType: 'HTTP', routes: [{ method: 'ANY', path: '$default', httpBackend: { ms: 1, status: 204 } }] }), '/q').status,
  ).toBe(204);
});
