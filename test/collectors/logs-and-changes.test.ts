// Logs (off, gone, empty pages, cut), CloudFormation's record, and CloudTrail.
import { describe, expect, it } from 'vitest';
import accessLog from '../../lib/collectors/access-log.ts';
import changeTrail, { withoutApiDate } from '../../lib/collectors/change-trail.ts';
import executionLog from '../../lib/collectors/execution-log.ts';
import functionLog from '../../lib/collectors/function-log.ts';
import stackEvents from '../../lib/collectors/stack-events.ts';
import { missing } from '../../lib/model/evidence.ts';
import { api, fakeAws, haveApi, http, now, refusal, rest, route, window } from './fake-aws.ts';

const input = { at: rest, window, have: haveApi(api([route('/a', 'orders', 'live')])), lines: [], now };
const line = {
  at: now - 1000,
  log: 'execution' as const,
  text: '(r1) Execution failed due to configuration error: Invalid permissions on Lambda function',
};

describe('logs', () => {
  it('goes on through empty pages until there is no token', async () => {
    const pages = [
      { nextToken: 'a' },
      { nextToken: 'b', events: [] },
      { events: [{ timestamp: now - 5, message: '(r2) Execution failed due to a timeout error\n' }] },
    ];
    let n = 0;
    const aws = fakeAws({ 'logs:FilterLogEvents': () => pages[n++] });
    expect(await executionLog.read(aws.aws, input)).toMatchObject({
      state: 'got',
      trust: 'forgeable',
      value: { cut: false, lines: [{ text: '(r2) Execution failed due to a timeout error', requestId: 'r2' }] },
    });
    expect(aws.asked.map((a) => a.input['logGroupName'])).toEqual(Array(3).fill('API-Gateway-Execution-Logs_a1b2c3d4e5/prod'));
  });
  it('says cut when pages are left', async () => {
    const aws = fakeAws({ 'logs:FilterLogEvents': { nextToken: 'more', events: [{ timestamp: now, message: 'Execution failed' }] } });
    expect(await executionLog.read(aws.aws, input)).toMatchObject({ value: { cut: true } });
  });
  it('does not ask where logging is off, but keeps the lines that came', async () => {
    const have = haveApi(api([], { executionLogging: 'OFF' }));
    const aws = fakeAws({});
    expect(await executionLog.read(aws.aws, { ...input, have })).toMatchObject({
      why: 'notEnabled',
      detail: 'execution logging is off on this stage',
    });
    expect(await executionLog.read(aws.aws, { ...input, have, lines: [line] })).toMatchObject({
      state: 'got',
      value: { cut: true, lines: [line] },
    });
    expect(await executionLog.read(aws.aws, { ...input, at: http })).toMatchObject({ why: 'notEnabled' });
    expect(aws.asked).toEqual([]);
  });
  it('takes a missing group for logging that is not on', async () => {
    expect(await executionLog.read(fakeAws({ 'logs:FilterLogEvents': refusal('gone') }).aws, input)).toMatchObject({ why: 'notEnabled' });
    expect(await executionLog.read(fakeAws({ 'logs:FilterLogEvents': { events: [] } }).aws, input)).toMatchObject({ why: 'empty' });
  });
  it('cuts long lines and counts a line once', async () => {
    const text = `Execution failed ${'x'.repeat(10_000)}`;
    const aws = fakeAws({
      'logs:FilterLogEvents': {
        events: [
          { timestamp: line.at, message: line.text },
          { timestamp: now, message: text },
        ],
      },
    });
    const evidence = await executionLog.read(aws.aws, { ...input, lines: [line] });
    const lines = evidence.state === 'got' ? evidence.value.lines : [];
    expect(lines).toHaveLength(2);
    expect(Math.max(...lines.map((l) => l.text.length))).toBe(4096);
  });
  it('reads the access log only from a log group', async () => {
    const aws = fakeAws({ 'logs:FilterLogEvents': { events: [{ timestamp: now, message: '{"status":"502"}' }] } });
    const to = (destinationArn: string) => ({ ...input, have: haveApi(api([], { accessLog: { destinationArn, format: '' } })) });
    expect(await accessLog.read(aws.aws, to('arn:aws:logs:us-east-1:1:log-group:/my/access:*'))).toMatchObject({ state: 'got' });
    expect(aws.asked[0]?.input['logGroupName']).toBe('/my/access');
    expect(await accessLog.read(aws.aws, to('arn:aws:firehose:us-east-1:1:deliverystream/amazon-apigateway-x'))).toMatchObject({
      why: 'notEnabled',
    });
    expect(await accessLog.read(aws.aws, input)).toMatchObject({ why: 'notEnabled', detail: 'access logging is off on this stage' });
  });
  it("reads a function's own group where it has one", async () => {
    const aws = fakeAws({ 'logs:FilterLogEvents': { events: [{ timestamp: now, message: 'Task timed out after 3.00 seconds' }] } });
    await functionLog.read(aws.aws, {
      ...input,
      have: {
        ...input.have,
        functionConfig: {
          state: 'got',
          trust: 'aws',
          from: now,
          to: now,
          value: {
            functions: {
              'orders:live': { ref: { accountId: '1', region: 'r', name: 'orders', qualifier: 'live' }, exists: true, logGroup: '/own' },
            },
          },
        },
      },
    });
    await functionLog.read(aws.aws, { ...input, have: { ...input.have, functionConfig: missing('denied', 'x') } });
    expect(aws.asked.map((a) => a.input['logGroupName'])).toEqual(['/own', '/aws/lambda/orders']);
  });
});

describe('stackEvents', () => {
  const properties = JSON.stringify({
    FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:aws:execute-api:x',
  });
  const event = (ResourceStatus: string, minutesAgo: number, more = {}) => ({
    ResourceType: 'AWS::Lambda::Permission',
    LogicalResourceId: 'P',
    PhysicalResourceId: 'stmt',
    ResourceStatus,
    Timestamp: new Date(now - minutesAgo * 60_000),
    ...more,
  });
  it('finds the permission a deploy removed, with the grant its creation recorded', async () => {
    const aws = fakeAws({
      'lambda:ListTags': { Tags: { 'aws:cloudformation:stack-name': 'orders-stack', 'gatemedic:hands-off': '' } },
      'cloudformation:DescribeStacks': { Stacks: [{ StackStatus: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' }] },
      'cloudformation:DescribeStackEvents': {
        StackEvents: [
          event('DELETE_COMPLETE', 2),
          event('DELETE_IN_PROGRESS', 3),
          event('CREATE_COMPLETE', 500, { ResourceProperties: properties }),
          { ...event('DELETE_COMPLETE', 1), ResourceType: 'AWS::S3::Bucket' },
        ],
      },
    });
    expect(await stackEvents.read(aws.aws, input)).toMatchObject({
      state: 'got',
      trust: 'aws',
      value: {
        handsOff: ['orders:live'],
        stacks: {
          'orders:live': {
            stack: 'orders-stack',
            inProgress: true,
            permissions: [
              { what: 'created', statementId: 'stmt' },
              {
                what: 'deleted',
                statementId: 'stmt',
                at: now - 120_000,
                sourceArn: 'arn:aws:execute-api:x',
                principal: 'apigateway.amazonaws.com',
              },
            ],
          },
        },
      },
    });
  });
  it("looks at the API's own stack too, and leaves out other functions' permissions", async () => {
    const aws = fakeAws({
      'lambda:ListTags': { Tags: {} },
      'cloudformation:DescribeStacks': { Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] },
      'cloudformation:DescribeStackEvents': {
        StackEvents: [
          event('DELETE_COMPLETE', 2, { ResourceProperties: properties }),
          event('DELETE_COMPLETE', 2, { PhysicalResourceId: 'other', ResourceProperties: JSON.stringify({ FunctionName: 'payments' }) }),
        ],
      },
    });
    const have = haveApi(api([route('/a', 'orders', 'live')], { tags: { 'aws:cloudformation:stack-name': 'api-stack' } }));
    const evidence = await stackEvents.read(aws.aws, { ...input, have });
    expect(evidence.state === 'got' && evidence.value.stacks['orders:live']?.permissions.map((p) => p.statementId)).toEqual(['stmt']);
  });
  it('is empty, not unknown, for a function outside CloudFormation', async () => {
    expect(await stackEvents.read(fakeAws({ 'lambda:ListTags': { Tags: {} } }).aws, input)).toMatchObject({
      state: 'got',
      value: { stacks: {} },
    });
  });
  it('says so when the stack may not be read', async () => {
    expect(
      await stackEvents.read(
        fakeAws({
          'lambda:ListTags': { Tags: { 'aws:cloudformation:stack-name': 's' } },
          'cloudformation:DescribeStacks': refusal('denied'),
          'cloudformation:DescribeStackEvents': {},
        }).aws,
        input,
      ),
    ).toMatchObject({ state: 'missing', why: 'denied' });
  });
});

describe('changeTrail', () => {
  const record = (more: object) =>
    JSON.stringify({
      userIdentity: { arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
      userAgent: 'aws-cli/2',
      requestParameters: { functionName: 'orders', qualifier: 'live', statementId: 'stmt' },
      ...more,
    });
  const event = (EventName: string, more: object = {}) => ({
    EventId: 'e1',
    EventName,
    EventTime: new Date(now - 60_000),
    CloudTrailEvent: record(more),
  });
  it('names who did what to which qualifier', async () => {
    const aws = fakeAws({ 'cloudtrail:LookupEvents': { Events: [event('RemovePermission20150331v2')] } });
    expect(await changeTrail.read(aws.aws, input)).toMatchObject({
      state: 'got',
      value: {
        events: [
          {
            id: 'e1',
            name: 'RemovePermission',
            functionKey: 'orders:live',
            principalArn: 'arn:aws:iam::111122223333:user/alice',
            userName: 'alice',
            userAgent: 'aws-cli/2',
            statementId: 'stmt',
          },
        ],
      },
    });
    expect(aws.asked[0]?.input).toMatchObject({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'orders' }] });
  });
  it.each([
    ['an ARN with an alias', { functionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live' }, 'orders:live'],
    ['an ARN', { functionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders' }, 'orders'],
    ['a name with an alias', { functionName: 'orders:live' }, 'orders:live'],
    ['a name', { functionName: 'orders' }, 'orders'],
    ['nothing', {}, 'orders'],
  ])('reads the key out of %s', async (_, requestParameters, key) => {
    const evidence = await changeTrail.read(
      fakeAws({ 'cloudtrail:LookupEvents': { Events: [event('DeleteAlias20150331', { requestParameters })] } }).aws,
      input,
    );
    expect(evidence).toMatchObject({ value: { events: [{ functionKey: key }] } });
  });
  it('knows a deploy by the service that called, and keeps what was granted', async () => {
    const requestParameters = {
      functionName: 'orders',
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: 'arn:x',
      statementId: 's',
    };
    const aws = fakeAws({
      'cloudtrail:LookupEvents': {
        Events: [
          event('AddPermission20150331v2', {
            requestParameters,
            userIdentity: { arn: 'arn:aws:sts::1:assumed-role/cdk/x', invokedBy: 'cloudformation.amazonaws.com' },
          }),
        ],
      },
    });
    expect(await changeTrail.read(aws.aws, input)).toMatchObject({
      value: {
        events: [
          {
            name: 'AddPermission',
            invokedBy: 'cloudformation.amazonaws.com',
            grant: { action: 'lambda:InvokeFunction', principal: 'apigateway.amazonaws.com', sourceArn: 'arn:x' },
          },
        ],
      },
    });
  });
  it('leaves out what AWS refused', async () => {
    expect(
      await changeTrail.read(
        fakeAws({ 'cloudtrail:LookupEvents': { Events: [event('RemovePermission20150331v2', { errorCode: 'AccessDenied' })] } }).aws,
        { ...input, window: { from: now - 3_600_000, to: now } },
      ),
    ).toMatchObject({ state: 'got', value: { events: [] } });
  });
  it('calls silence late while CloudTrail may still be behind, and nothing after that', async () => {
    const none = fakeAws({ 'cloudtrail:LookupEvents': { Events: [] } });
    expect(await changeTrail.read(none.aws, input)).toMatchObject({ why: 'late' });
    expect(await changeTrail.read(none.aws, { ...input, window: { from: now - 3_600_000, to: now } })).toMatchObject({
      state: 'got',
      value: { events: [] },
    });
  });
  it('strips API dates', () => {
    expect(['RemovePermission20150331v2', 'DeleteFunction20150331', 'UpdateStage'].map(withoutApiDate)).toEqual([
      'RemovePermission',
      'DeleteFunction',
      'UpdateStage',
    ]);
  });
});
