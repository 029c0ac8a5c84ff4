// What lies around a stage, as the sandbox has it: a web ACL, the stage's limit, stage variables, empty routes, domains, AWS Health, searches.
import { describe, expect, it } from 'vitest';
import { executionLines, gatewayDims, minute, once, second, shop, start, sum } from './one-api.ts';

const stageOf = (s: { readonly apiId: string }) => ({ apiId: s.apiId, stage: 'prod' });

describe('a web ACL', () => {
  it('judges every request, and what it cannot judge fails with 500 and is not counted there', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.guard({ ...stageOf(s), webAcl: 'acl' });
    expect(once(s).status).toBe(200);
    s.account.setWafFailing('acl', true);
    const failing = once(s);
    expect([failing.status, failing.invoked]).toEqual([500, undefined]);
    await s.run(5 * minute);
    const dims = { WebACL: 'acl', Region: 'us-east-1', Rule: 'ALL' };
    expect(await sum(s, 'AWS/WAFV2', 'AllowedRequests', dims)).toEqual([1]);
    expect(await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).toEqual([1]);
    expect(await executionLines(s)).toContainEqual(
      expect.stringMatching(/^\([\w-]{36}\) There was an error evaluating the AWS WAF rules associated with this API$/),
    );
  });
  it('is named by GetStage and by AWS WAF', async () => {
    const s = await shop({ perSecond: 0 });
    const ResourceArn = `arn:aws:apigateway:us-east-1::/restapis/${s.apiId}/stages/prod`;
    expect((await s.call('wafv2:GetWebACLForResource', { ResourceArn })).WebACL).toBeUndefined();
    s.account.guard({ ...stageOf(s), webAcl: 'acl' });
    const { webAclArn } = await s.call('apigateway:GetStage', { restApiId: s.apiId, stageName: 'prod' });
    expect(webAclArn).toMatch(/^arn:aws:wafv2:us-east-1:111122223333:regional\/webacl\/acl\//);
    expect((await s.call('wafv2:GetWebACLForResource', { ResourceArn })).WebACL?.ARN).toBe(webAclArn);
  });
});

describe("the stage's limit", () => {
  it('is a token bucket: 429, counted as 4xx; rewritten by the owner, a 5xx', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.setThrottle({ ...stageOf(s), limit: { rate: 1, burst: 2 } });
    expect([once(s), once(s), once(s)].map((x) => x.status)).toEqual([200, 200, 429]);
    await s.run(second);
    expect([once(s).status, once(s).status]).toEqual([200, 429]);
    s.account.setGatewayResponses({ ...stageOf(s), responses: { THROTTLED: '503' } });
    expect(once(s).status).toBe(503);
    await s.run(5 * minute);
    expect(await sum(s, 'AWS/ApiGateway', '4XXError', gatewayDims)).toEqual([2]);
    expect(await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).toEqual([1]);
  });
  it('stands in GetStage, the rewritten answer in the export', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.setThrottle({ ...stageOf(s), limit: { rate: 0, burst: 0 } });
    s.account.setGatewayResponses({ ...stageOf(s), responses: { THROTTLED: '503' } });
    const { methodSettings } = await s.call('apigateway:GetStage', { restApiId: s.apiId, stageName: 'prod' });
    expect(methodSettings?.['*/*']).toMatchObject({ throttlingRateLimit: 0, throttlingBurstLimit: 0 });
    const { body } = await s.call('apigateway:GetExport', { restApiId: s.apiId, stageName: 'prod', exportType: 'oas30' });
    expect(new TextDecoder().decode(body)).toContain('"x-amazon-apigateway-gateway-responses":{"THROTTLED":{"statusCode":503}}');
  });
});

describe('a route that leads nowhere', () => {
  it('by a stage variable: 500 until it is set, without a deployment', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.repoint({ ...stageOf(s), qualifier: '${stageVariables.alias}' });
    expect(once(s).status).toBe(500);
    s.account.setVariable({ ...stageOf(s), name: 'alias', value: 'live' });
    expect(once(s).status).toBe(200);
    await s.run(minute);
    expect(await executionLines(s)).toContainEqual(
      expect.stringContaining('Execution failed due to configuration error: Invalid stage variable value: null.'),
    );
  });
  it('by an empty integration: 500 on an HTTP API, and neither export nor routes show one', async () => {
    const s = await shop({ apiType: 'HTTP', perSecond: 0 });
    s.account.editApi(stageOf(s), [{ method: 'GET', path: '/orders/{id}', empty: true }]);
    s.account.deployApi(stageOf(s));
    expect(once(s).status).toBe(500);
    expect((await s.call('apigatewayv2:GetRoutes', { ApiId: s.apiId })).Items).toMatchObject([{ RouteKey: 'GET /orders/{id}' }]);
    expect((await s.call('apigatewayv2:GetIntegrations', { ApiId: s.apiId })).Items).toEqual([]);
  });
});

it('CloudTrail tells who removed a variable, and who a mapping', async () => {
  const s = await shop({ perSecond: 0 });
  s.account.setVariable({ ...stageOf(s), name: 'alias', value: 'live' });
  s.account.putDomain({ name: 'api.example.com', mappings: [{ path: '', ...stageOf(s) }] });
  s.account.setVariable({
    ...stageOf(s),
    name: 'alias',
    by: { kind: 'person', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
  });
  s.account.setDomain('api.example.com', { mappings: [] });
  await s.run(10 * minute);
  const of = async (name: string) => {
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: name }];
    return (await s.call('cloudtrail:LookupEvents', { LookupAttributes })).Events ?? [];
  };
  const [newest] = await of('UpdateStage');
  expect(newest?.Username).toBe('alice');
  expect(newest?.CloudTrailEvent).toContain('"patchOperations":[{"op":"remove","path":"/variables/alias"}]');
  expect(await of('DeleteBasePathMapping')).toHaveLength(1);
  expect((await s.call('apigateway:GetBasePathMappings', { domainName: 'api.example.com' })).items).toEqual([]);
});

describe('AWS Health', () => {
  it('tells of an incident some minutes after it began, and of its end', async () => {
    const s = await shop({ perSecond: 0 });
    const end = s.account.reportIncident('LAMBDA', 2 * minute);
    expect((await s.call('health:DescribeEvents', {})).events).toEqual([]);
    await s.run(2 * minute);
    expect((await s.call('health:DescribeEvents', {})).events).toMatchObject([
      { service: 'LAMBDA', region: 'us-east-1', startTime: new Date(start), statusCode: 'open' },
    ]);
    end();
    expect((await s.call('health:DescribeEvents', {})).events).toMatchObject([{ statusCode: 'closed' }]);
    expect((await s.call('health:DescribeEvents', { filter: { services: ['WAF'] } })).events).toEqual([]);
  });
  it('refuses to answer without a support plan', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.setSupportPlan(false);
    await expect(s.call('health:DescribeEvents', {})).rejects.toThrow('SubscriptionRequiredException');
  });
});

it('a search finds a metric of every API, by name, and refuses what it cannot read', async () => {
  const s = await shop({ perSecond: 1 });
  await s.run(5 * minute);
  const ask = (Expression: string) =>
    s.call('cloudwatch:GetMetricData', {
      MetricDataQueries: [{ Id: 'm', Expression }],
      StartTime: new Date(start),
      EndTime: new Date(s.clock.now()),
    });
  const { MetricDataResults } = await ask(`SEARCH('{AWS/ApiGateway,ApiName} MetricName="Count"', 'Sum', 60)`);
  expect(MetricDataResults).toMatchObject([{ Id: 'm', Label: 'orders' }]);
  expect(MetricDataResults?.[0]?.Values?.length).toBeGreaterThan(1);
  await expect(ask('m1 + m2')).rejects.toThrow('ValidationError');
});
