// The collectors around a stage, each with an answer as AWS writes it: what is read of it, and what is left out.
import { describe, expect, it } from 'vitest';

import apiSettings from '../../lib/collectors/api-settings.ts';
import awsHealth from '../../lib/collectors/aws-health.ts';
import deployments from '../../lib/collectors/deployments.ts';
import draft from '../../lib/collectors/draft.ts';
import neighbours from '../../lib/collectors/neighbours.ts';
import webAcl from '../../lib/collectors/web-acl.ts';
import { err } from '../../lib/model/result.ts';
import { api, fakeAws, haveApi, haveNothing, http, now, refusal, rest, window } from './fake-aws.ts';
import { read, valueOf } from './reading-one.ts';

describe('apiSettings', () => {
  const own = { name: 'orders', disableExecuteApiEndpoint: true, endpointConfiguration: { types: ['REGIONAL'] }, policy: 'secret' };
  it('reads the API, and the stage only where its definition is missing', async () => {
    const aws = fakeAws({ 'apigateway:GetRestApi': own, 'apigateway:GetStage': { variables: { a: 'b' } } });
    const input = { at: rest, window, lines: [], now };
    expect(await apiSettings.read(aws.aws, { ...input, have: haveApi(api([])) })).toMatchObject({
      value: { name: 'orders', defaultEndpointDisabled: true, endpointTypes: ['REGIONAL'] },
    });
    expect(aws.asked.map((a) => a.name)).toEqual(['apigateway:GetRestApi']);
    expect(await apiSettings.read(aws.aws, { ...input, have: haveNothing() })).toMatchObject({
      value: { stage: { variables: { a: 'b' } } },
    });
  });
  it('is had by the stage alone', async () => {
    const answers = { 'apigatewayv2:GetStage': { DefaultRouteSettings: { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 } } };
    expect(await valueOf(read(apiSettings, answers, http, haveNothing()))).toMatchObject({
      stage: { throttling: { '*': { rate: 0, burst: 0 } } },
    });
  });
});

describe('draft', () => {
  it('reads methods with what they lead to (REST)', async () => {
    const items = [
      { path: '/a', resourceMethods: { GET: { methodIntegration: { type: 'AWS_PROXY', uri: 'arn' } }, POST: {} } },
      { path: '/' },
    ];
    expect(await valueOf(read(draft, { 'apigateway:GetResources': { items } }))).toEqual({
      routes: [
        { method: 'GET', path: '/a', leadsTo: 'arn' },
        { method: 'POST', path: '/a' },
      ],
      cut: false,
    });
  });
  it('follows a target to its integration, and finds it gone (HTTP)', async () => {
    const answers = {
      'apigatewayv2:GetRoutes': {
        Items: [
          { RouteKey: 'GET /a', Target: 'integrations/i1' },
          { RouteKey: '$default', Target: 'integrations/i2' },
          { RouteKey: 'GET /b' },
        ],
      },
      'apigatewayv2:GetIntegrations': { Items: [{ IntegrationId: 'i1', IntegrationUri: 'arn' }] },
    };
    const routes = [
      { method: 'GET', path: '/a', leadsTo: 'arn', id: 'i1' },
      { method: 'ANY', path: '$default', id: 'i2' },
      { method: 'GET', path: '/b' },
    ];
    expect(await valueOf(read(draft, answers, http))).toEqual({ routes, cut: false });
  });
  it('takes a target for something where its integration could not be read', async () => {
    const answers = {
      'apigatewayv2:GetRoutes': { Items: [{ RouteKey: 'GET /a', Target: 'integrations/i1' }] },
      'apigatewayv2:GetIntegrations': refusal('denied'),
    };
    expect(await valueOf(read(draft, answers, http))).toMatchObject({ routes: [{ leadsTo: 'integrations/i1' }] });
  });
});

it('deployments are told newest first, with why one failed', async () => {
  const Items = [
    { DeploymentId: 'old', CreatedDate: new Date(now - 1000), DeploymentStatus: 'DEPLOYED' },
    { DeploymentId: 'new', CreatedDate: new Date(now), DeploymentStatus: 'FAILED', DeploymentStatusMessage: 'no route' },
  ];
  expect(await valueOf(read(deployments, { 'apigatewayv2:GetDeployments': { Items } }, http))).toEqual({
    newest: [
      { id: 'new', at: now, status: 'FAILED', message: 'no route' },
      { id: 'old', at: now - 1000, status: 'DEPLOYED' },
    ],
  });
});

describe('webAcl', () => {
  const guarded = haveApi(api([], { webAclArn: 'arn:acl' }));
  const acl = { ARN: 'arn:acl', Name: 'shop', VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: 'shop-metric' } };
  it('adds up what was allowed and blocked, under the metric’s own name', async () => {
    const points = (n: number) => ({ Timestamps: [new Date(now - 120_000)], Values: [n] });
    const aws = fakeAws({
      'wafv2:GetWebACLForResource': { WebACL: acl },
      'cloudwatch:GetMetricData': {
        MetricDataResults: [
          { Id: 'allowed', ...points(3) },
          { Id: 'blocked', ...points(4) },
        ],
      },
    });
    expect(await webAcl.read(aws.aws, { at: rest, window, have: guarded, lines: [], now })).toMatchObject({
      value: { there: true, name: 'shop', judged: { values: [7] } },
    });
    expect(JSON.stringify(aws.asked[1]?.input)).toContain('shop-metric');
  });
  it('says that it is gone, by either answer AWS gives', async () => {
    expect(await valueOf(read(webAcl, { 'wafv2:GetWebACLForResource': {} }, rest, guarded))).toEqual({ arn: 'arn:acl', there: false });
    expect(await valueOf(read(webAcl, { 'wafv2:GetWebACLForResource': refusal('gone') }, rest, guarded))).toEqual({
      arn: 'arn:acl',
      there: false,
    });
  });
  it('asks nothing where no web ACL stands before the stage', async () => {
    expect(await read(webAcl, {})).toMatchObject({ state: 'missing', why: 'empty' });
  });
});

describe('awsHealth', () => {
  it('says *not enabled* without a support plan, never *no incident*', async () => {
    const aws = {
      call: async () => err({ kind: 'refused', call: 'health:DescribeEvents', name: 'SubscriptionRequiredException', message: '' }),
    };
    expect(await awsHealth.read(aws as never, { at: rest, window, have: {}, lines: [], now })).toMatchObject({
      state: 'missing',
      why: 'notEnabled',
    });
  });
  it('leaves out what was over long before', async () => {
    const events = [
      { service: 'LAMBDA', region: 'us-east-1', startTime: new Date(now - 1000), eventTypeCode: 'AWS_LAMBDA_OPERATIONAL_ISSUE' },
      { service: 'LAMBDA', region: 'us-east-1', startTime: new Date(0), endTime: new Date(1) },
    ];
    expect(await valueOf(read(awsHealth, { 'health:DescribeEvents': { events } }))).toEqual({
      events: [{ service: 'LAMBDA', region: 'us-east-1', code: 'AWS_LAMBDA_OPERATIONAL_ISSUE', from: now - 1000 }],
    });
  });
});

it('neighbours are told by name, those that fail most first', async () => {
  const one = (Id: string, Label: string, n: number) => ({ Id, Label, Timestamps: [new Date(now - 120_000)], Values: [n] });
  const MetricDataResults = [
    one('restcount', 'orders', 9),
    one('restcount', 'catalog', 9),
    one('resterrors', 'catalog', 5),
    one('httpcount', 'h1', 2),
  ];
  expect(await valueOf(read(neighbours, { 'cloudwatch:GetMetricData': { MetricDataResults } }))).toMatchObject({
    apis: [
      { name: 'catalog', type: 'REST', serverErrors: { values: [5] } },
      { name: 'orders', type: 'REST', serverErrors: { values: [] } },
      { name: 'h1', type: 'HTTP' },
    ],
  });
});
