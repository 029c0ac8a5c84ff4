// What stands around the functions: keys, subnets, traces; asked only where there is something to ask, and what is denied stays told apart.
import { describe, expect, it } from 'vitest';
import functionConfig from '../../lib/collectors/function-config.ts';
import functionPlace from '../../lib/collectors/function-place.ts';
import traces from '../../lib/collectors/traces.ts';
import { got, missing } from '../../lib/model/evidence.ts';
import type { FunctionFact } from '../../lib/model/kinds/function.ts';
import { api, fakeAws, haveApi, http, now, refusal, rest, route, window } from './fake-aws.ts';

const ref = { accountId: rest.accountId, region: rest.region, name: 'orders' };
const config = (more: Partial<FunctionFact>) => got({ functions: { orders: { ref, exists: true, ...more } } }, window, 'aws');
const key = 'arn:aws:kms:us-east-1:111122223333:key/k';
const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: [] };

describe('functionConfig', () => {
  const input = { at: rest, window, have: haveApi(api([route('/a', 'orders')])), lines: [], now };
  it('tells state, code and place, and of the environment the names only', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConfiguration': {
        State: 'Inactive',
        StateReason: 'The function is idle.',
        StateReasonCode: 'Idle',
        LastUpdateStatus: 'Failed',
        LastUpdateStatusReasonCode: 'InvalidImage',
        Handler: 'index.handler',
        Architectures: ['arm64'],
        PackageType: 'Zip',
        Layers: [{ Arn: 'arn:aws:lambda:us-east-1:111122223333:layer:base:3' }],
        RuntimeVersionConfig: { RuntimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:abc' },
        Role: 'arn:aws:iam::111122223333:role/orders',
        KMSKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
        VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
        FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:us-east-1:111122223333:access-point/fsap-1' }],
        Environment: { Variables: { TABLE: 'secret', APP: 'x' }, Error: { ErrorCode: 'AccessDeniedException', Message: 'no' } },
        TracingConfig: { Mode: 'Active' },
      },
      'lambda:GetAlias': {},
    });
    const evidence = await functionConfig.read(aws.aws, { ...input, have: haveApi(api([route('/a', 'orders')])) });
    expect(evidence.state === 'got' && evidence.value.functions['orders']).toEqual({
      ref: expect.objectContaining({ name: 'orders' }),
      exists: true,
      state: 'Inactive',
      stateReason: 'The function is idle.',
      stateReasonCode: 'Idle',
      lastUpdate: { status: 'Failed', reasonCode: 'InvalidImage' },
      handler: 'index.handler',
      architectures: ['arm64'],
      packageType: 'Zip',
      layers: ['arn:aws:lambda:us-east-1:111122223333:layer:base:3'],
      runtimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:abc',
      role: 'arn:aws:iam::111122223333:role/orders',
      kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
      vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
      fileSystems: ['arn:aws:elasticfilesystem:us-east-1:111122223333:access-point/fsap-1'],
      environmentNames: ['APP', 'TABLE'],
      environmentError: { code: 'AccessDeniedException', message: 'no' },
      tracing: 'Active',
    });
    expect(JSON.stringify(evidence)).not.toContain('secret');
  });
  it('keeps out of a VPC what has none', async () => {
    const aws = fakeAws({
      'lambda:GetFunctionConfiguration': { VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: '' } },
      'lambda:GetAlias': {},
    });
    expect(JSON.stringify(await functionConfig.read(aws.aws, { ...input, have: haveApi(api([route('/a', 'orders')])) }))).not.toContain(
      'vpc',
    );
  });
});

describe('functionPlace', () => {
  const read = (answers: Parameters<typeof fakeAws>[0], more: Partial<FunctionFact>) => {
    const aws = fakeAws(answers);
    return {
      asked: aws.asked,
      evidence: functionPlace.read(aws.aws, { at: rest, window, have: { functionConfig: config(more) }, lines: [], now }),
    };
  };
  it('asks nothing of functions with neither a key nor a VPC', async () => {
    const { asked, evidence } = read({}, {});
    expect(await evidence).toMatchObject({ state: 'got', value: { keys: {}, freeAddresses: {} } });
    expect(asked).toEqual([]);
  });
  it('reads the state of the key and the free addresses', async () => {
    const { asked, evidence } = read(
      {
        'kms:DescribeKey': { KeyMetadata: { KeyState: 'PendingDeletion' } },
        'ec2:DescribeSubnets': { Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 0 }, { SubnetId: 'subnet-2' }] },
      },
      { kmsKeyArn: key, vpc },
    );
    expect(await evidence).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: { keys: { [key]: 'PendingDeletion' }, freeAddresses: { 'subnet-1': 0 } },
    });
    expect(asked.map((a) => a.input)).toEqual([{ KeyId: key }, { SubnetIds: ['subnet-1', 'subnet-2'] }]);
  });
  it('takes "no such key" as an answer, and keeps a denial apart', async () => {
    const gone = await read({ 'kms:DescribeKey': refusal('gone') }, { kmsKeyArn: key }).evidence;
    expect(gone).toMatchObject({ state: 'got', value: { keys: { [key]: 'NotFound' } } });
    const partly = await read({ 'kms:DescribeKey': refusal('denied'), 'ec2:DescribeSubnets': { Subnets: [] } }, { kmsKeyArn: key, vpc })
      .evidence;
    expect(partly).toMatchObject({ state: 'missing', why: 'denied' });
    const one = await read(
      { 'kms:DescribeKey': refusal('denied'), 'ec2:DescribeSubnets': { Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 3 }] } },
      { kmsKeyArn: key, vpc },
    ).evidence;
    expect(one).toMatchObject({ state: 'got', value: { freeAddresses: { 'subnet-1': 3 }, notHad: { [key]: { why: 'denied' } } } });
  });
  it('says why when the configuration was not had', async () => {
    const aws = fakeAws({});
    const have = { functionConfig: missing('denied', 'no') };
    expect(await functionPlace.read(aws.aws, { at: rest, window, have, lines: [], now })).toEqual(have.functionConfig);
  });
});

describe('traces', () => {
  const document = (more: object) => JSON.stringify({ id: 'a', name: 'orders', start_time: 100, end_time: 110, ...more });
  const read = (
    answers: Parameters<typeof fakeAws>[0],
    options: { readonly tracing?: boolean; readonly function?: string; readonly at?: typeof rest } = {},
  ) => {
    const aws = fakeAws(answers);
    const have = {
      ...haveApi(api([route('/a', 'orders')], { tracing: options.tracing === true })),
      functionConfig: config(options.function === undefined ? {} : { tracing: options.function }),
    };
    return { asked: aws.asked, evidence: traces.read(aws.aws, { at: options.at ?? rest, window, have, lines: [], now }) };
  };
  it('asks nothing where tracing is off', async () => {
    const { asked, evidence } = read({}, { function: 'PassThrough' });
    expect(await evidence).toMatchObject({ state: 'missing', why: 'notEnabled' });
    expect(asked).toEqual([]);
  });
  it('reads at most five whole traces of failed requests, the newest', async () => {
    const { asked, evidence } = read(
      {
        'xray:GetTraceSummaries': {
          TraceSummaries: [{ Id: '1-9-p', IsPartial: true }, ...[1, 2, 3, 4, 5, 6].map((n) => ({ Id: `1-${n}-a` }))],
        },
        'xray:BatchGetTraces': {
          Traces: [
            {
              Id: '1-6-a',
              Duration: 10,
              Segments: [
                {
                  Document: document({
                    subsegments: [
                      {
                        name: 'Invocation',
                        subsegments: [
                          {
                            name: 'DynamoDB',
                            namespace: 'aws',
                            start_time: 100,
                            end_time: 100.25,
                            throttle: true,
                            error: true,
                            aws: { operation: 'PutItem' },
                            http: { response: { status: 400 } },
                            cause: { exceptions: [{ message: 'slow down' }] },
                          },
                          { name: 'db.internal', namespace: 'remote', start_time: 101, in_progress: true },
                        ],
                      },
                    ],
                  }),
                },
                { Document: 'not JSON' },
              ],
            },
          ],
        },
      },
      { tracing: true },
    );
    expect(await evidence).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        traces: [
          {
            id: '1-6-a',
            durationMs: 10_000,
            calls: [
              { name: 'DynamoDB', operation: 'PutItem', ms: 250, error: true, throttled: true, status: 400, says: 'slow down' },
              { name: 'db.internal', ms: 9_000, unfinished: true },
            ],
          },
        ],
      },
    });
    expect(asked[0]?.input['FilterExpression']).toBe('service(id(name: "orders/prod", type: "AWS::ApiGateway::Stage")) { fault = true }');
    expect(asked[1]?.input).toEqual({ TraceIds: ['1-6-a', '1-5-a', '1-4-a', '1-3-a', '1-2-a'] });
  });
  it('asks for the function where the stage sends none', async () => {
    const { asked, evidence } = read({ 'xray:GetTraceSummaries': { TraceSummaries: [] } }, { function: 'Active', at: http });
    expect(await evidence).toMatchObject({ state: 'missing', why: 'empty' });
    expect(asked[0]?.input['FilterExpression']).toBe('service(id(name: "orders", type: "AWS::Lambda::Function")) { fault = true }');
  });
  it('keeps a denial apart', async () => {
    expect(await read({ 'xray:GetTraceSummaries': refusal('denied') }, { tracing: true }).evidence).toMatchObject({
      state: 'missing',
      why: 'denied',
    });
  });
});
