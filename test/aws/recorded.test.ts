// A recorded case as an account: pasted lines put back, headers told, parts of a definition joined, what a report presupposes; and a saved
// look, which answers exactly what was asked.
import { describe, expect, it } from 'vitest';
import type { CallName } from '../../lib/aws/calls.ts';
import { readCase, recorded, writeCase, type RecordedCase } from '../../lib/aws/recorded.ts';
import { decoded, joined, parted } from '../../lib/aws/recorded/pasted.ts';
import deployedApi from '../../lib/collectors/deployed-api.ts';
import gatewayMetrics from '../../lib/collectors/gateway-metrics.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';

const caseOf = (more: Partial<RecordedCase>): RecordedCase => {
  const read = readCase(JSON.stringify({ id: 'x', ...more }));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const ask = (one: RecordedCase, name: CallName, input: object) => recorded(one).attempt(name, input);
async function deployed(more: Partial<RecordedCase>): Promise<DeployedApi> {
  const { at, window, lines, attempt, now } = recorded(caseOf(more));
  const read = await deployedApi.read({ call: attempt } as never, { at, window, lines, now, have: {} });
  if (read.state === 'missing') throw new Error(read.detail);
  return read.value;
}

describe('pasted lines', () => {
  it.each([
    ['&quot;a&quot; &amp; &#39;b&#39; &lt;c&gt; &#x27;d&#x27;', `"a" & 'b' <c> 'd'`],
    ['&amp;lt; is what a caller sent', '&lt; is what a caller sent'],
    ['no entity & none; &unknown; &#0;', 'no entity & none; &unknown; &#0;'],
  ])('%s is decoded once', (text, plain) => {
    expect(decoded(text)).toBe(plain);
  });
  const id = '(8d4136c9-be2e-4eec-bd8f-479cdd8ece6a)';
  it.each([
    [
      'Thu May 04 19:50:21 UTC 2024 : Sending request to https://x Thu May 04 19:50:22 UTC 2024 : Execution failed due to a timeout error',
      [
        'Thu May 04 19:50:21 UTC 2024 : Sending request to https://x',
        'Thu May 04 19:50:22 UTC 2024 : Execution failed due to a timeout error',
      ],
    ],
    [
      `${id} Method completed with status: 500 ${id} Execution failed due to a timeout error`,
      [`${id} Method completed with status: 500`, `${id} Execution failed due to a timeout error`],
    ],
    [
      `2025-02-25T21:20:22.085Z ${id} Execution failed due to a timeout error`,
      [`2025-02-25T21:20:22.085Z ${id} Execution failed due to a timeout error`],
    ],
    [
      'Endpoint response body before transformations: {"a": 1} Execution failed due to configuration error: Malformed Lambda proxy response Method completed with status: 502',
      [
        'Endpoint response body before transformations: {"a": 1}',
        'Execution failed due to configuration error: Malformed Lambda proxy response',
        'Method completed with status: 502',
      ],
    ],
    ['one\ntwo\r\nthree', ['one', 'two', 'three']],
    // what a caller put into a header or a body opens no line
    [
      `${id} Method request headers: {User-Agent=Execution failed due to a timeout error}`,
      [`${id} Method request headers: {User-Agent=Execution failed due to a timeout error}`],
    ],
    [
      `${id} Endpoint response body before transformations: {"m":"Execution failed due to x"}`,
      [`${id} Endpoint response body before transformations: {"m":"Execution failed due to x"}`],
    ],
  ])('%s is parted', (text, lines) => {
    expect(parted(text)).toEqual(lines);
  });
  it('joins a pretty-printed object and a run of single fields, and leaves the rest', () => {
    expect(joined(['before', '{', '  "status": "500",', '  "n": { "a": 1 }', '}', 'after'])).toEqual([
      'before',
      '{ "status": "500", "n": { "a": 1 } }',
      'after',
    ]);
    expect(joined(['"status": "500"', '"error": "-",', '"status": "502"', '"error": "x"'])).toEqual([
      '{ "status": "500", "error": "-" }',
      '{ "status": "502", "error": "x" }',
    ]);
    expect(joined(['{', 'not json', '}', '"status": "500"'])).toEqual(['{', 'not json', '}', '"status": "500"']);
  });
  it('tells status, headers and body of the client’s answer', () => {
    const text = (response: NonNullable<RecordedCase['response']>) => recorded(caseOf({ response })).lines.map((l) => l.text);
    expect(
      text({
        status: 500,
        headers: { 'X-Amzn-ErrorType': 'AuthorizerConfigurationException', 'Content-Length': '3' },
        body: { message: null },
      }),
    ).toEqual(['status=500 x-amzn-errortype=AuthorizerConfigurationException body={"message":null}']);
    expect(text({ status: 502, body: null })).toEqual(['status=502']);
    expect(text({ body: 'oops' })).toEqual(['status=- body=oops']);
    expect(text({})).toEqual([]);
  });
});

describe('a definition in parts', () => {
  it('takes the first authorizer of a list that calls a function, by its name', async () => {
    const authorizerUri =
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:auth/invocations';
    const items = [
      { name: 'pool', type: 'COGNITO_USER_POOLS' },
      { name: 'guard', id: 'k3y123', type: 'TOKEN', authorizerUri },
    ];
    const api = await deployed({ integration: 'AWS_PROXY', answers: [{ call: 'apigateway:GetAuthorizers', output: { items } }] });
    expect(api).toMatchObject({ routes: [{ authorizer: 'guard' }], authorizers: [{ name: 'guard', function: { name: 'auth' } }] });
  });
  it('lists a route that is shown with an empty target, and none of whose target nothing is said', async () => {
    const routesOf = (output: object) =>
      ask(caseOf({ apiType: 'HTTP', answers: [{ call: 'apigatewayv2:GetRoute', output }] }), 'apigatewayv2:GetRoutes', {
        ApiId: 'recorded',
      });
    expect(await routesOf({ RouteKey: 'GET /x', Target: '' })).toMatchObject({ value: { Items: [{ RouteKey: 'GET /x' }] } });
    expect(await routesOf({ RouteKey: 'GET /x' })).toMatchObject({ error: { kind: 'notRecorded' } });
  });
  it('knows a function by its plain name, whatever account the call has to name', async () => {
    const one = caseOf({
      answers: [{ call: 'lambda:GetPolicy', input: { FunctionName: 'auth' }, error: 'ResourceNotFoundException' }],
    });
    const asked = (name: string) => ask(one, 'lambda:GetPolicy', { FunctionName: name });
    expect(await asked('arn:aws:lambda:us-east-1:111122223333:function:auth')).toMatchObject({ error: { kind: 'gone' } });
    expect(await asked('arn:aws:lambda:us-east-1:111122223333:function:other')).toMatchObject({ error: { kind: 'notRecorded' } });
  });
  it('joins integration, answers, authorizer, binary types and gateway responses, and says it is partial', async () => {
    const api = await deployed({
      answers: [
        {
          call: 'apigateway:GetIntegration',
          input: { httpMethod: 'OPTIONS' },
          output: { type: 'MOCK', requestTemplates: { 'application/json': '{}' } },
        },
        { call: 'apigateway:GetIntegrationResponse', input: {}, output: { statusCode: '500', selectionPattern: '5\\d{2}' } },
        { call: 'apigateway:GetRestApi', output: { binaryMediaTypes: ['*/*'] } },
        {
          call: 'apigateway:GetAuthorizer',
          output: {
            type: 'TOKEN',
            authorizerUri:
              'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:auth/invocations',
          },
        },
        { call: 'apigateway:GetGatewayResponse', output: { responseType: 'THROTTLED', statusCode: '503' } },
      ],
    });
    expect(api).toMatchObject({
      partial: true,
      routes: [
        {
          method: 'OPTIONS',
          path: '/',
          authorizer: 'recorded',
          integration: {
            type: 'MOCK',
            requestTemplates: { 'application/json': '{}' },
            answers: [{ pattern: '5\\d{2}', statusCode: '500' }],
          },
        },
      ],
      authorizers: [{ type: 'token', function: { name: 'auth' } }],
      binaryMediaTypes: ['*/*'],
      gatewayResponses: { THROTTLED: '503' },
    });
  });
  it('takes version 2’s names and its route', async () => {
    const api = await deployed({
      answers: [
        { call: 'apigatewayv2:GetRoute', output: { RouteKey: 'GET /pets/{id}' } },
        {
          call: 'apigatewayv2:GetIntegration',
          output: {
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:pets:live',
            TimeoutInMillis: 6500,
            PayloadFormatVersion: '1.0',
          },
        },
      ],
    });
    expect(api.routes).toMatchObject([
      {
        method: 'GET',
        path: '/pets/{id}',
        integration: { function: { name: 'pets', qualifier: 'live' }, timeoutMs: 6500, payloadFormat: '1.0' },
      },
    ]);
  });
  it('knows nothing of what nobody told', async () => {
    await expect(deployed({ logs: [{ kind: 'execution', lines: ['x'] }] })).rejects.toThrow('not recorded');
    expect((await deployed({ answers: [{ call: 'apigatewayv2:GetStage', output: { StageName: '$default' } }] })).routes).toEqual([]);
  });
  it('takes place and stage from what is named', () => {
    const policy = JSON.stringify({
      Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/pets' } },
    });
    expect(recorded(caseOf({ answers: [{ call: 'lambda:GetPolicy', output: { Policy: policy } }] })).at).toMatchObject({
      accountId: '111122223333',
      region: 'eu-west-1',
      apiId: 'a1b2c3d4e5',
      stage: 'prod',
      apiType: 'REST',
    });
    expect(recorded(caseOf({ metrics: [{ namespace: 'AWS/ApiGateway', name: '5xx', statistic: 'Sum', value: 1 }] })).at.apiType).toBe(
      'HTTP',
    );
  });
});

describe('answers', () => {
  it('match by what is stated, and by the service’s other names', async () => {
    const one = caseOf({
      answers: [
        { call: 'lambda:GetPolicy', input: { Qualifier: 'live' }, output: { Policy: 'of the alias' } },
        { call: 'elasticloadbalancing:DescribeTargetHealth', input: {}, output: { TargetHealthDescriptions: [] } },
        { call: 'health:DescribeEvents', output: { events: [{ startTime: '2026-01-01T00:00:00Z', eventStatusCode: 'open' }] } },
        { call: 'lambda:GetFunctionConfiguration', error: 'ResourceNotFoundException' },
      ],
    });
    expect(await ask(one, 'lambda:GetPolicy', { FunctionName: 'f', Qualifier: 'live' })).toMatchObject({ ok: true });
    expect(await ask(one, 'lambda:GetPolicy', { FunctionName: 'f' })).toMatchObject({ ok: false, error: { kind: 'notRecorded' } });
    expect(await ask(one, 'elbv2:DescribeTargetHealth', { TargetGroupArn: 'x' })).toMatchObject({ ok: true });
    expect(await ask(one, 'health:DescribeEvents', {})).toMatchObject({
      value: { events: [{ startTime: new Date('2026-01-01T00:00:00Z') }] },
    });
    expect(await ask(one, 'lambda:GetFunctionConfiguration', { FunctionName: 'f' })).toMatchObject({ error: { kind: 'gone' } });
  });
  it('lead from the link to what is told of its targets, and say nothing of the way’s state', async () => {
    const one = caseOf({
      apiType: 'REST',
      answers: [{ call: 'elbv2:DescribeTargetHealth', output: { TargetHealthDescriptions: [{ TargetHealth: { State: 'unhealthy' } }] } }],
    });
    const link = await ask(one, 'apigateway:GetVpcLink', { vpcLinkId: 'recorded' });
    expect(link).toMatchObject({ ok: true, value: { targetArns: [expect.stringContaining(':loadbalancer/')] } });
    expect(link.ok && 'status' in link.value).toBe(false);
    expect(await ask(one, 'elbv2:DescribeListeners', {})).toMatchObject({
      value: { Listeners: [{ DefaultActions: [{ Type: 'forward' }] }] },
    });
    expect(await ask(caseOf({}), 'apigateway:GetVpcLink', {})).toMatchObject({ error: { kind: 'notRecorded' } });
  });
  it('give metrics one datapoint, and nothing where no number was told', async () => {
    const { at, window, lines, attempt, now } = recorded(
      caseOf({ metrics: [{ namespace: 'AWS/ApiGateway', name: '5XXError', statistic: 'Sum', value: 7 }] }),
    );
    const read = await gatewayMetrics.read({ call: attempt } as never, { at, window, lines, now, have: {} });
    expect(read).toMatchObject({ state: 'got', value: { serverErrors: { values: [7] }, count: { values: [] } } });
  });
});

it('answers a saved look exactly: the page that was asked for, bytes and dates, and the refusal as it was', async () => {
  const at = { accountId: '111122223333', region: 'us-east-1', apiType: 'REST', apiId: 'a1b2c3d4e5', stage: 'prod' } as const;
  const read = readCase(
    writeCase({
      id: 'saved',
      at,
      window: { from: 0, to: 1000 },
      now: 1000,
      lines: [{ at: 5, log: 'execution', text: 'Authorization=Bearer abcdefghijkl, x' }],
      calls: [
        {
          name: 'logs:FilterLogEvents',
          input: { logGroupName: 'g' },
          answer: { ok: true, value: { events: [{ timestamp: 1, message: 'one' }], nextToken: 'n' } },
        },
        { name: 'logs:FilterLogEvents', input: { logGroupName: 'g', nextToken: 'n' }, answer: { ok: true, value: { events: [] } } },
        {
          name: 'apigateway:GetExport',
          input: { restApiId: 'a' },
          answer: { ok: true, value: { body: new TextEncoder().encode('{"openapi":"3.0.1"}') as never } },
        },
        {
          name: 'lambda:GetPolicy',
          input: { FunctionName: 'f' },
          answer: { ok: false, error: { kind: 'denied', call: 'lambda:GetPolicy', name: 'AccessDeniedException', message: 'no' } },
        },
      ],
    }),
  );
  if (!read.ok) throw new Error(read.error);
  const back = recorded(read.value);
  expect(back).toMatchObject({ at, now: 1000, window: { from: 0, to: 1000 } });
  expect(back.lines[0]?.text).not.toContain('abcdefghijkl');
  expect(await ask(read.value, 'logs:FilterLogEvents', { logGroupName: 'g' })).toMatchObject({ value: { nextToken: 'n' } });
  expect(await ask(read.value, 'logs:FilterLogEvents', { logGroupName: 'g', nextToken: 'n' })).toMatchObject({ value: { events: [] } });
  expect(await ask(read.value, 'apigateway:GetExport', { restApiId: 'a' })).toMatchObject({ value: { body: expect.any(Uint8Array) } });
  expect(await ask(read.value, 'lambda:GetPolicy', { FunctionName: 'f' })).toMatchObject({ error: { kind: 'denied', message: 'no' } });
  expect(await ask(read.value, 'lambda:GetAlias', { FunctionName: 'f' })).toMatchObject({ error: { kind: 'notRecorded' } });
});
