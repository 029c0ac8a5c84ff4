// The deployed definition: REST and HTTP exports, stage variables, qualifiers, shared integrations, and what cannot be read.
import { describe, expect, it } from 'vitest';
import deployedApi from '../../lib/collectors/deployed-api.ts';
import { missing, type Gathered } from '../../lib/model/evidence.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';
import { fakeAws, http, now, refusal, rest, window } from './fake-aws.ts';

const body = (document: unknown): { body: Uint8Array } => ({
  body: new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document)),
});
const lambdaUri = (arn: string): string => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
const orders = 'arn:aws:lambda:us-east-1:111122223333:function:orders';
const proxy = (uri: string, more = {}): unknown => ({
  'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri, timeoutInMillis: 12_000, ...more },
});
const read = (aws: ReturnType<typeof fakeAws>, at = rest) => deployedApi.read(aws.aws, { at, window, have: {}, lines: [], now });
const valueOf = async (aws: ReturnType<typeof fakeAws>, at = rest): Promise<DeployedApi> => {
  const evidence = await read(aws, at);
  if (evidence.state !== 'got') throw new Error(`missing: ${evidence.why} ${evidence.detail}`);
  expect(evidence.trust).toBe('aws');
  return evidence.value;
};

describe('REST', () => {
  it('reads the export of the stage, never the draft', async () => {
    const aws = fakeAws({
      'apigateway:GetExport': body({
        openapi: '3.0.1',
        paths: {
          '/orders/{id}': { get: proxy(lambdaUri(`${orders}:live`)), options: { 'x-amazon-apigateway-integration': { type: 'mock' } } },
          '/': { 'x-amazon-apigateway-any-method': proxy(lambdaUri(orders), { credentials: 'arn:aws:iam::111122223333:role/r' }) },
        },
      }),
      'apigateway:GetStage': {
        deploymentId: 'd1',
        variables: {},
        tags: { team: 'a' },
        methodSettings: { '*/*': { loggingLevel: 'ERROR' } },
        accessLogSettings: { destinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:access', format: '$context.status' },
      },
    });
    expect(await valueOf(aws)).toEqual({
      routes: [
        {
          method: 'GET',
          path: '/orders/{id}',
          integration: {
            type: 'AWS_PROXY',
            uri: lambdaUri(`${orders}:live`),
            httpMethod: 'POST',
            function: { accountId: '111122223333', region: 'us-east-1', name: 'orders', qualifier: 'live' },
            timeoutMs: 12_000,
          },
        },
        { method: 'OPTIONS', path: '/orders/{id}', integration: { type: 'MOCK', timeoutMs: 29_000 } },
        {
          method: 'ANY',
          path: '/',
          integration: {
            type: 'AWS_PROXY',
            uri: lambdaUri(orders),
            httpMethod: 'POST',
            function: { accountId: '111122223333', region: 'us-east-1', name: 'orders' },
            credentials: 'arn:aws:iam::111122223333:role/r',
            timeoutMs: 12_000,
          },
        },
      ],
      variables: {},
      tags: { team: 'a' },
      deploymentId: 'd1',
      executionLogging: 'ERROR',
      accessLog: { destinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:access', format: '$context.status' },
    });
    expect(aws.asked.map((a) => a.name).sort()).toEqual(['apigateway:GetExport', 'apigateway:GetStage']);
    expect(aws.asked[0]?.input).toMatchObject({ exportType: 'oas30', parameters: { extensions: 'apigateway' } });
  });
  it('puts stage variables in, and names the one that is missing or empty', async () => {
    const document = body({
      paths: {
        '/a': { get: proxy(lambdaUri('arn:aws:lambda:us-east-1:111122223333:function:${stageVariables.fn}:${stageVariables.alias}')) },
      },
    });
    const whole = await valueOf(
      fakeAws({
        'apigateway:GetExport': document,
        'apigateway:GetStage': { variables: { fn: 'orders', alias: 'live' }, methodSettings: {} },
      }),
    );
    expect(whole.routes[0]?.integration?.function).toEqual({
      accountId: '111122223333',
      region: 'us-east-1',
      name: 'orders',
      qualifier: 'live',
    });
    expect(whole.executionLogging).toBe('OFF');
    const lacking = await valueOf(
      fakeAws({ 'apigateway:GetExport': document, 'apigateway:GetStage': { variables: { fn: 'orders', alias: '' } } }),
    );
    expect(lacking.routes[0]?.integration).toMatchObject({ unresolved: 'alias' });
    expect(lacking.routes[0]?.integration?.function).toBeUndefined();
    expect(lacking.executionLogging).toBe('unknown');
  });
  it('does not call a variable missing when the stage could not be read', async () => {
    const document = body({
      paths: { '/a': { get: proxy(lambdaUri('arn:aws:lambda:us-east-1:111122223333:function:${stageVariables.fn}')) } },
    });
    expect(await read(fakeAws({ 'apigateway:GetExport': document, 'apigateway:GetStage': refusal('throttled') }))).toMatchObject({
      state: 'missing',
      why: 'throttled',
    });
    const plain = await valueOf(
      fakeAws({
        'apigateway:GetExport': body({ paths: { '/a': { get: proxy(lambdaUri(orders)) } } }),
        'apigateway:GetStage': refusal('denied'),
      }),
    );
    expect(plain).toMatchObject({ executionLogging: 'unknown' });
  });
  it.each([
    '',
    '{',
    '[]',
    '"x"',
    'null',
    '{"paths":7}',
    '{"paths":{"/":null,"/b":{"get":7,"post":{"x-amazon-apigateway-integration":{"type":"new"}}}}}',
  ])('survives %s', async (text) => {
    const evidence = await read(fakeAws({ 'apigateway:GetExport': body(text), 'apigateway:GetStage': {} }));
    if (evidence.state === 'got') expect(evidence.value.routes.every((r) => r.integration === undefined)).toBe(true);
    else expect(evidence.why).toBe('empty');
  });
});

describe('HTTP', () => {
  it('follows references to shared integrations and reads the default route', async () => {
    const aws = fakeAws({
      'apigatewayv2:ExportApi': body({
        paths: {
          '/$default': {
            'x-amazon-apigateway-any-method': {
              isDefaultRoute: true,
              'x-amazon-apigateway-integration': { $ref: '#/components/x-amazon-apigateway-integrations/one' },
            },
          },
          '/pay': { post: proxy(orders, { timeoutInMillis: undefined, payloadFormatVersion: '2.0' }) },
        },
        components: { 'x-amazon-apigateway-integrations': { one: { type: 'http_proxy', httpMethod: 'ANY', uri: 'https://example.com' } } },
      }),
      'apigatewayv2:GetStage': {
        StageVariables: {},
        AccessLogSettings: { DestinationArn: 'arn:aws:logs:us-east-1:1:log-group:g:*', Format: 'f' },
      },
    });
    const value = await valueOf(aws, http);
    expect(value.routes).toEqual([
      {
        method: 'ANY',
        path: '$default',
        integration: { type: 'HTTP_PROXY', uri: 'https://example.com', httpMethod: 'ANY', timeoutMs: 30_000 },
      },
      {
        method: 'POST',
        path: '/pay',
        integration: {
          type: 'AWS_PROXY',
          uri: orders,
          httpMethod: 'POST',
          function: { accountId: '111122223333', region: 'us-east-1', name: 'orders' },
          timeoutMs: 30_000,
          payloadFormat: '2.0',
        },
      },
    ]);
    expect(value.executionLogging).toBe('OFF');
    expect(aws.asked.map((a) => a.name).sort()).toEqual(['apigatewayv2:ExportApi', 'apigatewayv2:GetStage']);
  });
});

it('reads a WebSocket API from its routes and integrations, and says that they are the edited ones', async () => {
  const aws = fakeAws({
    'apigatewayv2:GetStage': {
      DeploymentId: 'd1',
      StageVariables: { alias: 'live' },
      DefaultRouteSettings: { LoggingLevel: 'ERROR' },
      AccessLogSettings: { DestinationArn: 'arn:aws:logs:us-east-1:111122223333:log-group:chat', Format: '$context.requestId' },
    },
    'apigatewayv2:GetRoutes': {
      Items: [
        { RouteKey: '$connect', Target: 'integrations/i1', AuthorizerId: 'a1' },
        { RouteKey: 'sendmessage', Target: 'integrations/i2' },
        { RouteKey: 'idle' },
      ],
    },
    'apigatewayv2:GetIntegrations': {
      Items: [
        {
          IntegrationId: 'i1',
          IntegrationType: 'AWS_PROXY',
          IntegrationMethod: 'POST',
          TimeoutInMillis: 29_000,
          IntegrationUri:
            'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:chat:${stageVariables.alias}/invocations',
        },
        { IntegrationId: 'i2', IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://example.com', ConnectionId: 'l1' },
      ],
    },
    'apigatewayv2:GetAuthorizers': {
      Items: [
        {
          AuthorizerId: 'a1',
          Name: 'Guard',
          AuthorizerType: 'REQUEST',
          AuthorizerUri:
            'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111122223333:function:guard/invocations',
        },
      ],
    },
  });
  const evidence = await read(aws, { ...rest, apiType: 'WEBSOCKET' });
  expect(evidence).toMatchObject({
    state: 'got',
    value: {
      edited: true,
      deploymentId: 'd1',
      executionLogging: 'ERROR',
      routes: [
        {
          path: '$connect',
          authorizer: 'Guard',
          integration: { type: 'AWS_PROXY', timeoutMs: 29_000, function: { name: 'chat', qualifier: 'live' } },
        },
        { path: 'sendmessage', integration: { type: 'HTTP_PROXY', vpcLink: 'l1' } },
        { path: 'idle' },
      ],
      authorizers: [{ name: 'Guard', type: 'request', function: { name: 'guard' } }],
    },
  });
});

it('passes on why the routes of a WebSocket API could not be read', async () => {
  const aws = fakeAws({ 'apigatewayv2:GetRoutes': refusal('denied') });
  expect(await read(aws, { ...rest, apiType: 'WEBSOCKET' })).toMatchObject({ state: 'missing', why: 'denied' });
});

describe('an earlier look', () => {
  const look = (stage: object, before?: Gathered) => {
    const exported = body({ openapi: '3.0.1', paths: { '/now': { get: proxy(lambdaUri(orders)) } } });
    const fake = fakeAws({ 'apigateway:GetExport': exported, 'apigateway:GetStage': stage });
    const read = deployedApi.read(fake.aws, { at: rest, window, have: {}, lines: [], now, ...(before ? { before } : {}) });
    return read.then((evidence) => ({ evidence, asked: fake.asked.map((a) => a.name) }));
  };
  const stage = { deploymentId: 'd1', variables: { fn: 'orders' }, webAclArn: 'arn:x' };
  it('stands while the stage names the same deployment with the same settings: one call', async () => {
    const first = await look(stage);
    const stored = JSON.parse(JSON.stringify({ deployedApi: first.evidence })) as Gathered;
    const again = await look(stage, stored);
    expect(again.asked).toEqual(['apigateway:GetStage']);
    expect(again.evidence).toEqual(first.evidence);
  });
  it.each([
    ['another deployment', { ...stage, deploymentId: 'd2' }],
    ['another variable', { ...stage, variables: { fn: 'other' } }],
    ['a setting that is gone', { deploymentId: 'd1', variables: { fn: 'orders' } }],
    ['no deployment named', { variables: { fn: 'orders' }, webAclArn: 'arn:x' }],
  ])('is read again: %s', async (_, changed) => {
    const { evidence } = await look(stage);
    const again = await look(changed, { deployedApi: evidence });
    expect(again.asked).toEqual(['apigateway:GetStage', 'apigateway:GetExport']);
  });
  it('is read again after a look that had nothing', async () => {
    const again = await look(stage, { deployedApi: missing('denied', 'x') });
    expect(again.asked).toContain('apigateway:GetExport');
  });
});
