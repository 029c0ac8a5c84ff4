// The collectors of direct service integrations: roles as IAM answers, targets as their services do, metrics under the right names.
import { describe, expect, it } from 'vitest';
import roles from '../../lib/collectors/roles.ts';
import serviceMetrics from '../../lib/collectors/service-metrics.ts';
import serviceTargets from '../../lib/collectors/service-targets.ts';
import type { Integration, Route } from '../../lib/model/kinds/api.ts';
import { api, fakeAws, haveApi, haveNothing, now, refusal, rest, window } from './fake-aws.ts';

const role = 'arn:aws:iam::111122223333:role/app/gateway';
const to = (path: string, more: Partial<Integration>): Route => ({
  method: 'POST',
  path,
  integration: { type: 'AWS', timeoutMs: 29_000, credentials: role, ...more },
});
const queue = to('/queue', {
  service: { name: 'sqs', path: '111122223333/orders' },
  requestParameters: { 'integration.request.querystring.Action': "'SendMessage'" },
});
const table = to('/table', {
  service: { name: 'dynamodb', action: 'PutItem' },
  requestTemplates: { 'application/json': '{"TableName": "${stageVariables.table}", "Item": {}}' },
});
const machine = to('/run', {
  type: 'AWS_PROXY',
  service: { name: 'stepfunctions', action: 'StartExecution' },
  requestParameters: { StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:run', Input: '$request.body' },
});
const have = haveApi(api([queue, table, machine], { variables: { table: 'orders' } }));
const input = { at: rest, window, have, lines: [], now };
const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }] };

describe('roles', () => {
  const answers = {
    'iam:GetRole': { Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) } },
    'iam:SimulatePrincipalPolicy': ({ ActionNames }: { ActionNames: readonly string[] }) => ({
      EvaluationResults: [
        { EvalActionName: ActionNames[0], EvalDecision: ActionNames[0] === 'sqs:SendMessage' ? 'allowed' : 'implicitDeny' },
      ],
    }),
  };
  it('asks IAM for each role once, and for what the deployment needs of it', async () => {
    const aws = fakeAws(answers);
    expect(await roles.read(aws.aws, input)).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        roles: {
          [role]: {
            exists: true,
            trust: [{ effect: 'Allow', principals: ['apigateway.amazonaws.com'] }],
            may: [
              { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:111122223333:orders', decision: 'allowed' },
              { action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders', decision: 'implicitDeny' },
            ],
          },
        },
      },
    });
    expect(aws.asked.filter((a) => a.name === 'iam:GetRole').map((a) => a.input)).toEqual([{ RoleName: 'gateway' }]);
  });
  it('takes "no such role" as an answer, and a denied one as missing', async () => {
    expect(await roles.read(fakeAws({ 'iam:GetRole': refusal('gone') }).aws, input)).toMatchObject({
      value: { roles: { [role]: { exists: false } } },
    });
    expect(await roles.read(fakeAws({}).aws, input)).toMatchObject({ state: 'missing', why: 'denied' });
  });
  it('keeps the trust when only the simulation is denied', async () => {
    const aws = fakeAws({ 'iam:GetRole': answers['iam:GetRole'] });
    expect(await roles.read(aws.aws, input)).toMatchObject({ value: { roles: { [role]: { may: [], notSimulated: { why: 'denied' } } } } });
  });
  it('does not call a decision sure that depends on context', async () => {
    const aws = fakeAws({
      ...answers,
      'iam:SimulatePrincipalPolicy': { EvaluationResults: [{ EvalDecision: 'implicitDeny', MissingContextValues: ['aws:SourceVpc'] }] },
    });
    expect(await roles.read(aws.aws, input)).toMatchObject({ value: { roles: { [role]: { may: [{ decision: 'conditioned' }, {}] } } } });
  });
  it('reads no other account’s role, and nobody’s', async () => {
    const foreign = to('/x', { service: { name: 'sqs', path: '1/x' }, credentials: 'arn:aws:iam::999988887777:role/theirs' });
    const aws = fakeAws(answers);
    expect(await roles.read(aws.aws, { ...input, have: haveApi(api([foreign])) })).toMatchObject({ state: 'missing', why: 'denied' });
    const callers = to('/x', { service: { name: 'sqs', path: '1/x' }, credentials: 'arn:aws:iam::*:user/*' });
    expect(await roles.read(aws.aws, { ...input, have: haveApi(api([callers])) })).toMatchObject({ state: 'missing', why: 'empty' });
    expect(aws.asked).toEqual([]);
  });
});

describe('serviceTargets', () => {
  const answers = {
    'sqs:GetQueueAttributes': {
      Attributes: { Policy: JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*' }] }) },
    },
    'dynamodb:DescribeTable': { Table: { TableStatus: 'ACTIVE', ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 1 } } },
    'states:DescribeStateMachine': refusal('gone'),
  };
  it('reads each, stage variables put in', async () => {
    const aws = fakeAws(answers);
    expect(await serviceTargets.read(aws.aws, input)).toMatchObject({
      state: 'got',
      value: {
        targets: {
          'sqs orders': { exists: true, statements: [{ effect: 'Deny', actions: ['sqs:*'] }] },
          'dynamodb orders': { exists: true, provisioned: { readUnits: 5, writeUnits: 1 } },
          'states run': { exists: false },
        },
      },
    });
    expect(aws.asked.map((a) => a.input)).toContainEqual({
      QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
      AttributeNames: ['Policy', 'FifoQueue', 'KmsMasterKeyId'],
    });
    expect(aws.asked.map((a) => a.input)).toContainEqual({ TableName: 'orders' });
  });
  it('keeps apart what was denied', async () => {
    expect(await serviceTargets.read(fakeAws({ 'sqs:GetQueueAttributes': answers['sqs:GetQueueAttributes'] }).aws, input)).toMatchObject({
      value: { targets: { 'sqs orders': {} }, notHad: { 'dynamodb orders': { why: 'denied' }, 'states run': { why: 'denied' } } },
    });
  });
  it('is empty where no route names one, and not known where the API is not', async () => {
    expect(await serviceTargets.read(fakeAws({}).aws, { ...input, have: haveApi(api([])) })).toMatchObject({
      state: 'missing',
      why: 'empty',
    });
    expect(await serviceTargets.read(fakeAws({}).aws, { ...input, have: haveNothing() })).toMatchObject({
      state: 'missing',
      why: 'denied',
    });
  });
});

describe('serviceMetrics', () => {
  it('asks under each service’s own names', async () => {
    const aws = fakeAws({
      'cloudwatch:GetMetricData': {
        MetricDataResults: [{ Id: 'throttled1', Timestamps: [new Date(now - 300_000)], Values: [40], StatusCode: 'Complete' }],
      },
    });
    expect(await serviceMetrics.read(aws.aws, input)).toMatchObject({
      value: {
        calls: {
          'dynamodb orders PutItem': { throttled: { values: [40] }, taken: { values: [] } },
          'sqs orders SendMessage': { taken: { values: [] } },
        },
      },
    });
    interface Asked {
      readonly MetricDataQueries?: readonly {
        readonly MetricStat: { readonly Metric: { readonly MetricName: string; readonly Dimensions: unknown } };
      }[];
    }
    const queries = (aws.asked[0]?.input as Asked | undefined)?.MetricDataQueries ?? [];
    expect(queries.map((q) => q.MetricStat.Metric.MetricName)).toEqual([
      'NumberOfMessagesSent',
      'ThrottledRequests',
      'SuccessfulRequestLatency',
      'ConsumedWriteCapacityUnits',
      'ExecutionsStarted',
      'ThrottledEvents',
    ]);
    expect(queries[1]?.MetricStat.Metric.Dimensions).toEqual([
      { Name: 'TableName', Value: 'orders' },
      { Name: 'Operation', Value: 'PutItem' },
    ]);
  });
});
