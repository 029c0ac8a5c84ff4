// Authorizers as AWS lists them, joined to the deployed ones by name; what could not be read is said, never taken for missing.
import { describe, expect, it } from 'vitest';
import authorizerLog from '../../lib/collectors/authorizer-log.ts';
import authorizerMetrics from '../../lib/collectors/authorizer-metrics.ts';
import authorizers from '../../lib/collectors/authorizers.ts';
import { got, missing, type Evidence } from '../../lib/model/evidence.ts';
import type { DeployedApi } from '../../lib/model/kinds/api.ts';
import type { Authorizers } from '../../lib/model/kinds/authorizer.ts';
import { api, fakeAws, http, now, refusal, rest, route, window } from './fake-aws.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const uri = (name: string): string => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn(name)}/invocations`;
const fn = (name: string, qualifier?: string) => ({
  accountId: rest.accountId,
  region: rest.region,
  name,
  ...(qualifier ? { qualifier } : {}),
});
const guarded = got(
  api([{ ...route('/orders', 'orders'), authorizer: 'Guard' }, route('/open', 'orders')], {
    authorizers: [
      { name: 'Guard', type: 'token', uri: uri('guard:live'), function: fn('guard', 'live') },
      { name: 'Pool', type: 'cognito' },
    ],
  }),
  window,
  'aws',
);
const policy = JSON.stringify({
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arn('guard:live'),
  },
});
const answers = {
  'apigateway:GetAuthorizers': { items: [{ id: 'k3y123', name: 'Guard', type: 'TOKEN', authorizerUri: uri('edited') }] },
  'lambda:GetFunctionConfiguration': { Timeout: 5, State: 'Active', LoggingConfig: { LogGroup: '/own/guard' } },
  'lambda:GetAlias': { FunctionVersion: '7' },
  'lambda:GetPolicy': { Policy: policy },
} as const;

const read = (given: Parameters<typeof fakeAws>[0], deployedApi: Evidence<DeployedApi> = guarded, at = rest) => {
  const aws = fakeAws(given);
  return authorizers
    .read(aws.aws, { at, window, have: { deployedApi }, lines: [], now })
    .then((evidence) => ({ evidence, asked: aws.asked }));
};

describe('authorizers', () => {
  it('takes the id from the list and everything else from the deployment', async () => {
    const { evidence, asked } = await read(answers);
    expect(evidence).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        authorizers: [
          {
            name: 'Guard',
            id: 'k3y123',
            function: fn('guard', 'live'),
            routes: ['GET /orders'],
            fact: { exists: true, timeoutSeconds: 5, state: 'Active' },
            policy: { sizeBytes: policy.length },
          },
        ],
      },
    });
    expect(evidence).not.toHaveProperty('value.edited');
    expect(asked.find((a) => a.name === 'lambda:GetPolicy')?.input).toEqual({ FunctionName: 'guard', Qualifier: 'live' });
  });
  it('says what was denied instead of calling the policy or the function missing', async () => {
    const { evidence } = await read({ ...answers, 'lambda:GetPolicy': refusal('denied') });
    expect(evidence).toMatchObject({ state: 'got', value: { notHad: { Guard: { why: 'denied' } } } });
    expect(evidence).not.toHaveProperty('value.authorizers.0.policy');
    expect((await read({ ...answers, 'apigateway:GetAuthorizers': refusal('denied') })).evidence).toMatchObject({
      value: { notHad: { ids: { why: 'denied' } } },
    });
  });
  it('knows "no policy" and "no such function" from each other', async () => {
    expect((await read({ ...answers, 'lambda:GetPolicy': refusal('gone') })).evidence).toMatchObject({
      value: { authorizers: [{ policy: 'absent', fact: { exists: true } }] },
    });
    expect((await read({ ...answers, 'lambda:GetFunctionConfiguration': refusal('gone') })).evidence).toMatchObject({
      value: { authorizers: [{ fact: { exists: false } }] },
    });
  });
  it('asks nothing where no authorizer calls a function', async () => {
    const { evidence, asked } = await read(
      answers,
      got(api([route('/', 'f')], { authorizers: [{ name: 'Pool', type: 'cognito' }] }), window, 'aws'),
    );
    expect(evidence).toMatchObject({ state: 'missing', why: 'empty' });
    expect(asked).toEqual([]);
  });
  it('reads the edited ones where the deployment cannot be read, and marks them', async () => {
    const { evidence } = await read(answers, missing('denied', 'x'));
    expect(evidence).toMatchObject({ value: { edited: true, authorizers: [{ id: 'k3y123', function: fn('edited') }] } });
  });
  it('reads no policy of an authorizer that is called with a role', async () => {
    const withRole =
      guarded.state === 'got'
        ? {
            ...guarded,
            value: {
              ...guarded.value,
              authorizers: [
                { name: 'Guard', type: 'token' as const, function: fn('guard'), credentials: 'arn:aws:iam::111122223333:role/r' },
              ],
            },
          }
        : guarded;
    const { asked } = await read(answers, withRole);
    expect(asked.map((a) => a.name)).not.toContain('lambda:GetPolicy');
  });
  it('lists those of HTTP and WebSocket APIs by their own call', async () => {
    const v2 = {
      AuthorizerId: 'h1',
      Name: 'Guard',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: uri('guard'),
      EnableSimpleResponses: true,
      AuthorizerPayloadFormatVersion: '2.0',
    };
    const { evidence, asked } = await read({ ...answers, 'apigatewayv2:GetAuthorizers': { Items: [v2] } }, missing('denied', 'x'), http);
    expect(evidence).toMatchObject({
      value: { authorizers: [{ id: 'h1', type: 'request', simpleResponses: true, payloadFormat: '2.0' }] },
    });
    expect(asked.map((a) => a.name)).not.toContain('apigateway:GetAuthorizers');
  });
});

describe('what their functions measured and wrote', () => {
  const known = got<Authorizers>(
    {
      authorizers: [
        {
          name: 'Guard',
          type: 'token',
          function: fn('guard', 'live'),
          routes: [],
          fact: { ref: fn('guard', 'live'), exists: true, logGroup: '/own/guard' },
        },
      ],
    },
    window,
    'aws',
  );
  it('is asked of the very alias', async () => {
    const aws = fakeAws({
      'cloudwatch:GetMetricData': { MetricDataResults: [{ Id: 'f0_errors', Timestamps: [new Date(now - 60_000)], Values: [4] }] },
    });
    const evidence = await authorizerMetrics.read(aws.aws, { at: rest, window, have: { authorizers: known }, lines: [], now });
    expect(evidence).toMatchObject({ value: { functions: { 'guard:live': { errors: { values: [4] } } } } });
    expect(JSON.stringify(aws.asked[0]?.input)).toContain('"Value":"guard:live"');
  });
  it('is read from the function’s own group', async () => {
    const aws = fakeAws({ 'logs:FilterLogEvents': { events: [{ timestamp: now - 1000, message: 'Task timed out after 5.00 seconds' }] } });
    const evidence = await authorizerLog.read(aws.aws, { at: rest, window, have: { authorizers: known }, lines: [], now });
    expect(evidence).toMatchObject({
      trust: 'forgeable',
      value: { lines: [{ log: 'authorizer', text: 'Task timed out after 5.00 seconds' }] },
    });
    expect(aws.asked[0]?.input).toMatchObject({ logGroupName: '/own/guard' });
  });
  it('is passed on as not had, with why', async () => {
    const none = { at: rest, window, have: { authorizers: missing('throttled', 'x') }, lines: [], now };
    expect(await authorizerMetrics.read(fakeAws({}).aws, none)).toMatchObject({ why: 'throttled' });
    expect(await authorizerLog.read(fakeAws({}).aws, none)).toMatchObject({ why: 'throttled' });
  });
});
