// The collectors that ask per function: configuration, policy, concurrency, metrics.
import { describe, expect, it } from 'vitest';
import functionConcurrency from '../../lib/collectors/function-concurrency.ts';
import functionConfig from '../../lib/collectors/function-config.ts';
import functionMetrics from '../../lib/collectors/function-metrics.ts';
import functionPolicy from '../../lib/collectors/function-policy.ts';
import gatewayMetrics from '../../lib/collectors/gateway-metrics.ts';
import { api, fakeAws, haveApi, http, now, refusal, rest, route, window } from './fake-aws.ts';

const have = haveApi(api([route('/a', 'orders', 'live'), route('/b', 'plain')]));
const input = { at: rest, window, have, lines: [], now };
const minute = (n: number): Date => new Date(now - n * 60_000);

describe('functionConfig', () => {
  it('asks under the deployed qualifier, and reads the alias', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConfiguration': ({ FunctionName }: { FunctionName: string }) => ({
        Timeout: 3,
        MemorySize: 512,
        State: 'Active',
        Runtime: 'nodejs24.x',
        LastModified: '2026-11-20T09:00:00.000+0000',
        CodeSha256: FunctionName,
        LoggingConfig: { LogGroup: '/own' },
      }),
      'lambda:GetAlias': { FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { '8': 0.1 } } },
    });
    const evidence = await functionConfig.read(aws.aws, input);
    expect(evidence).toMatchObject({
      state: 'got',
      value: {
        functions: {
          'orders:live': {
            exists: true,
            timeoutSeconds: 3,
            memoryMb: 512,
            aliasVersion: '7',
            weighted: true,
            logGroup: '/own',
            lastModifiedAt: Date.parse('2026-11-20T09:00:00Z'),
          },
          plain: { exists: true },
        },
      },
    });
    expect(aws.asked.filter((a) => a.name === 'lambda:GetFunctionConfiguration').map((a) => a.input)).toEqual([
      { FunctionName: 'orders', Qualifier: 'live' },
      { FunctionName: 'plain' },
    ]);
    expect(aws.asked.filter((a) => a.name === 'lambda:GetAlias').map((a) => a.input)).toEqual([{ FunctionName: 'orders', Name: 'live' }]);
  });
  it('takes "not found" as an answer', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConfiguration': ({ Qualifier }: { Qualifier?: string }) => (Qualifier ? refusal('gone') : {}),
      'lambda:GetAlias': refusal('gone'),
    });
    expect(await functionConfig.read(aws.aws, input)).toMatchObject({
      value: { functions: { 'orders:live': { exists: false, notFound: 'lambda:GetFunctionConfiguration gone' }, plain: { exists: true } } },
    });
  });
  it('keeps apart what was denied for one of them', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConfiguration': ({ FunctionName }: { FunctionName: string }) =>
        FunctionName === 'plain' ? refusal('denied') : { Timeout: 3 },
      'lambda:GetAlias': {},
    });
    const evidence = await functionConfig.read(aws.aws, input);
    expect(evidence).toMatchObject({ state: 'got', value: { notHad: { plain: { why: 'denied' } } } });
    expect(evidence.state === 'got' && 'plain' in evidence.value.functions).toBe(false);
  });
  it('knows that another Region is out of reach, without a call', async () => {
    const far = {
      ...have,
      ...haveApi(
        api([
          {
            method: 'GET',
            path: '/a',
            integration: {
              type: 'AWS_PROXY' as const,
              timeoutMs: 1,
              function: { accountId: '111122223333', region: 'us-west-2', name: 'far' },
            },
          },
        ]),
      ),
    };
    const aws = fakeAws({});
    expect(await functionConfig.read(aws.aws, { ...input, have: far })).toMatchObject({
      value: {
        functions: { far: { exists: false, notFound: "Functions from 'us-west-2' are not reachable in this region ('us-east-1')" } },
      },
    });
    expect(aws.asked).toEqual([]);
  });
  it('looks at ten functions, those the lines name first', async () => {
    const many = haveApi(api(Array.from({ length: 13 }, (_, n) => route(`/${n}`, `f${String(n).padStart(2, '0')}`))));
    const aws = fakeAws({ 'lambda:GetFunctionConfiguration': {} });
    const evidence = await functionConfig.read(aws.aws, {
      ...input,
      have: many,
      lines: [
        {
          at: now,
          log: 'execution',
          text: '(x) Endpoint request URI: https://…/functions/arn:aws:lambda:us-east-1:111122223333:function:f12/invocations',
        },
      ],
    });
    const names = evidence.state === 'got' ? Object.keys(evidence.value.functions) : [];
    expect(names).toHaveLength(10);
    expect(names).toContain('f12');
    expect(names).not.toContain('f09');
  });
});

describe('functionPolicy', () => {
  it('asks with the same qualifier; no policy is an answer', async () => {
    const text = JSON.stringify({
      Statement: [
        {
          Sid: 's',
          Effect: 'Allow',
          Principal: { Service: 'apigateway.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: 'r',
          Condition: { ArnLike: { 'AWS:SourceArn': 'a' } },
        },
      ],
    });
    const aws = fakeAws({
      'lambda:GetPolicy': ({ Qualifier }: { Qualifier?: string }) =>
        Qualifier === 'live' ? { Policy: text, RevisionId: 'rev' } : refusal('gone'),
    });
    expect(await functionPolicy.read(aws.aws, input)).toMatchObject({
      value: {
        policies: {
          'orders:live': {
            revision: 'rev',
            sizeBytes: text.length,
            statements: [
              {
                sid: 's',
                effect: 'Allow',
                actions: ['lambda:InvokeFunction'],
                principals: ['apigateway.amazonaws.com'],
                resources: ['r'],
                conditions: { ArnLike: { 'aws:sourcearn': ['a'] } },
              },
            ],
          },
          plain: 'absent',
        },
      },
    });
  });
});

describe('functionConcurrency', () => {
  it('reads reserved, provisioned and the account', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConcurrency': ({ FunctionName }: { FunctionName: string }) =>
        FunctionName === 'orders' ? { ReservedConcurrentExecutions: 0 } : {},
      'lambda:GetProvisionedConcurrencyConfig': {
        RequestedProvisionedConcurrentExecutions: 3,
        AvailableProvisionedConcurrentExecutions: 2,
        Status: 'READY',
      },
      'lambda:GetAccountSettings': { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } },
    });
    expect(await functionConcurrency.read(aws.aws, input)).toMatchObject({
      value: {
        functions: { 'orders:live': { reserved: 0, provisioned: { requested: 3, available: 2, status: 'READY' } }, plain: {} },
        account: { limit: 1000, unreserved: 900 },
      },
    });
    expect(aws.asked.filter((a) => a.name === 'lambda:GetProvisionedConcurrencyConfig')).toHaveLength(1);
  });
});

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[] };
  };
}
const answerMetrics = ({ MetricDataQueries }: { MetricDataQueries: readonly Query[] }) => ({
  MetricDataResults: MetricDataQueries.map((q) => ({
    Id: q.Id,
    StatusCode: 'Complete',
    Timestamps: [minute(5), minute(4)],
    Values: [1, 2],
  })),
});
const metricsAsked = (aws: ReturnType<typeof fakeAws>): readonly string[] =>
  ((aws.asked[0]?.input['MetricDataQueries'] ?? []) as readonly Query[]).map(
    (q) => `${q.MetricStat.Metric.MetricName} ${q.MetricStat.Metric.Dimensions.map((d) => `${d.Name}=${d.Value}`).join(',')}`,
  );

describe('metrics', () => {
  it('keys REST by name and HTTP by id, each with its own metric names', async () => {
    const one = fakeAws({ 'cloudwatch:GetMetricData': answerMetrics });
    expect(await gatewayMetrics.read(one.aws, { ...input, have: {} })).toMatchObject({
      state: 'got',
      value: { serverErrors: { at: [now - 300_000, now - 240_000], values: [1, 2] } },
    });
    expect(metricsAsked(one)).toContain('5XXError ApiName=orders,Stage=prod');
    const two = fakeAws({ 'cloudwatch:GetMetricData': answerMetrics });
    await gatewayMetrics.read(two.aws, { ...input, at: http, have: {} });
    expect(metricsAsked(two)).toContain('5xx ApiId=h1h2h3h4h5,Stage=prod');
  });
  it('cannot ask for a REST stage whose API has no known name', async () => {
    const { apiName: _, ...nameless } = rest;
    expect(await gatewayMetrics.read(fakeAws({}).aws, { ...input, at: nameless, have: {} })).toMatchObject({
      state: 'missing',
      why: 'notEnabled',
    });
  });
  it('keys an alias by FunctionName and Resource', async () => {
    const aws = fakeAws({ 'cloudwatch:GetMetricData': answerMetrics });
    await functionMetrics.read(aws.aws, input);
    expect(metricsAsked(aws)).toContain('Throttles FunctionName=orders,Resource=orders:live');
    expect(metricsAsked(aws)).toContain('Throttles FunctionName=plain');
  });
  it('tells late from empty, and denied from both', async () => {
    const none = fakeAws({ 'cloudwatch:GetMetricData': { MetricDataResults: [] } });
    expect(await gatewayMetrics.read(none.aws, { ...input, have: {}, window: { from: now - 60_000, to: now } })).toMatchObject({
      why: 'late',
    });
    expect(await gatewayMetrics.read(none.aws, { ...input, have: {} })).toMatchObject({ why: 'empty' });
    expect(
      await gatewayMetrics.read(
        fakeAws({ 'cloudwatch:GetMetricData': { MetricDataResults: [{ Id: 'count', StatusCode: 'Forbidden' }] } }).aws,
        { ...input, have: {} },
      ),
    ).toMatchObject({ why: 'denied' });
  });
  it('joins pages', async () => {
    const aws = fakeAws({
      'cloudwatch:GetMetricData': ({ NextToken }: { NextToken?: string }) =>
        NextToken
          ? { MetricDataResults: [{ Id: 'count', Timestamps: [minute(3)], Values: [3] }] }
          : { NextToken: 'n', MetricDataResults: [{ Id: 'count', StatusCode: 'PartialData', Timestamps: [minute(4)], Values: [4] }] },
    });
    expect(await gatewayMetrics.read(aws.aws, { ...input, have: {} })).toMatchObject({
      value: { count: { at: [now - 240_000, now - 180_000], values: [4, 3] } },
    });
  });
});
