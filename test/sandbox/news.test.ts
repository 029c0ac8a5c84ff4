// What leaves the sandbox account: alarm events, log batches, CloudTrail, stack events, datapoints; each in shape and as late as the real one.
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { AlarmSpec } from '../../lib/sandbox/account/index.ts';
import { alice, gatewayDims, minute, once, second, shop, start, sum } from './one-api.ts';

describe('news', () => {
  const alarm: AlarmSpec = {
    name: 'Api5xx',
    namespace: 'AWS/ApiGateway',
    metricName: '5XXError',
    dimensions: gatewayDims,
    threshold: 5,
    comparison: 'GreaterThanThreshold',
    periodSeconds: 60,
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
  };

  test('an alarm speaks on transitions only, one to three minutes late, in EventBridge’s shape', async () => {
    const s = await shop();
    const events: { at: number; state: string; event: unknown }[] = [];
    s.account.onBusEvent((event) =>
      events.push({ at: s.clock.now() - start, state: (event.detail['state'] as { value: string }).value, event }),
    );
    s.account.putAlarm(alarm);
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK']);
    const brokeAt = s.clock.now() - start;
    s.account.release('orders', { outcome: 'throw' });
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK', 'ALARM']);
    const [, bad] = events;
    expect((bad?.at ?? 0) - brokeAt).toBeGreaterThan(minute);
    expect((bad?.at ?? 0) - brokeAt).toBeLessThan(4.2 * minute);
    expect(bad?.event).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      account: '111122223333',
      resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:Api5xx'],
      detail: {
        alarmName: 'Api5xx',
        configuration: {
          metrics: [
            {
              metricStat: { metric: { namespace: 'AWS/ApiGateway', name: '5XXError', dimensions: gatewayDims }, period: 60, stat: 'Sum' },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'OK' },
        state: {
          value: 'ALARM',
          reason: expect.stringMatching(
            /^Threshold Crossed: 1 out of the last 1 datapoints \[\d+\.0 \(01\/10\/26 12:\d\d:00\)\] was greater than the threshold \(5\.0\)/,
          ),
          timestamp: expect.stringMatching(/\+0000$/),
        },
      },
    });
    s.account.release('orders', { outcome: 'ok' });
    await s.run(10 * minute);
    expect(events.map((e) => e.state)).toEqual(['OK', 'ALARM', 'OK']);
    const { MetricAlarms } = await s.call('cloudwatch:DescribeAlarms', { AlarmNames: ['Api5xx'] });
    expect(MetricAlarms?.[0]).toMatchObject({
      StateValue: 'OK',
      Threshold: 5,
      Dimensions: [
        { Name: 'ApiName', Value: 'orders' },
        { Name: 'Stage', Value: 'prod' },
      ],
    });
  });

  test('a subscription delivers matching lines in batches, seconds later, after a control message', async () => {
    const s = await shop();
    const got: {
      at: number;
      body: { messageType: string; logGroup: string; logEvents: { id: string; timestamp: number; message: string }[] };
    }[] = [];
    s.account.onLogDelivery((destination, event) =>
      got.push({ at: s.clock.now(), body: JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString()) }),
    );
    const group = `API-Gateway-Execution-Logs_${s.apiId}/prod`;
    await s.call('logs:PutSubscriptionFilter', {
      logGroupName: group,
      filterName: 'bot',
      filterPattern: '?"Execution failed" ?"Lambda execution failed"',
      destinationArn: 'arn:aws:lambda:us-east-1:111122223333:function:bot',
    });
    await s.run(10 * second);
    expect(got.map((g) => g.body.messageType)).toEqual(['CONTROL_MESSAGE']);
    const brokeAt = s.clock.now();
    s.account.release('orders', { outcome: 'throw', errorText: 'boom' });
    await s.run(20 * second);
    const [, first] = got;
    expect(first?.body).toMatchObject({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: group,
      subscriptionFilters: ['bot'],
    });
    expect((first?.at ?? 0) - brokeAt).toBeLessThan(8 * second);
    const events = got.slice(1).flatMap((g) => g.body.logEvents);
    expect(events.length).toBeGreaterThan(50);
    expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
    expect(events.every((e) => e.id.length === 56 && e.message.includes('Lambda execution failed'))).toBe(true);
    await s.call('logs:PutSubscriptionFilter', { logGroupName: group, filterName: 'two', filterPattern: '', destinationArn: 'arn:x' });
    await expect(
      s.call('logs:PutSubscriptionFilter', { logGroupName: group, filterName: 'three', filterPattern: '', destinationArn: 'arn:x' }),
    ).rejects.toThrow('LimitExceededException Resource limit exceeded.');
  });

  test('deliveries come twice when a fault says so', async () => {
    const s = await shop({ work: { outcome: 'throw' } });
    const ids: string[] = [];
    s.account.onBusEvent((event) => ids.push(event.id));
    s.account.inject({ kind: 'duplicate', times: 1 });
    s.account.putAlarm(alarm);
    await s.run(10 * minute);
    expect([ids.length, new Set(ids).size]).toEqual([3, 2]);
  });

  test('CloudTrail answers after minutes, and says whether CloudFormation or a person did it', async () => {
    const s = await shop({ perSecond: 0 });
    await s.run(20 * minute);
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 30 * second });
    s.account.grant({
      functionName: 'orders',
      statementId: 'mine',
      sourceArn: 'arn:aws:execute-api:us-east-1:111122223333:x/*',
      by: alice,
    });
    s.account.revoke({ functionName: 'orders', statementId: 'mine', by: alice, trailDelayMs: 12 * minute });
    const removals = async () => {
      const { Events } = await s.call('cloudtrail:LookupEvents', {
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'orders' }],
      });
      return (Events ?? [])
        .filter((e) => e.EventName === 'RemovePermission20150331v2')
        .map(
          (e) =>
            JSON.parse(e.CloudTrailEvent ?? '{}') as {
              userIdentity: { invokedBy?: string; arn: string };
              requestParameters: { statementId: string };
            },
        );
    };
    await s.run(minute);
    expect(await removals()).toEqual([]);
    await s.run(8 * minute);
    expect(await removals()).toMatchObject([
      {
        userIdentity: { invokedBy: 'cloudformation.amazonaws.com' },
        requestParameters: { functionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders', qualifier: 'live' },
      },
    ]);
    await s.run(6 * minute);
    expect((await removals()).map((r) => r.userIdentity.arn)).toContain(alice.arn);
  });

  test('stack events come at once, with the properties of the permission; the stack is busy as long as the deploy', async () => {
    const s = await shop({ perSecond: 0 });
    s.account.deploy('orders-stack', { removePermissions: ['OrdersInvoke'], durationMs: 60 * second });
    await s.run(6 * second);
    const { StackEvents } = await s.call('cloudformation:DescribeStackEvents', { StackName: 'orders-stack' });
    expect(StackEvents?.[0]).toMatchObject({
      LogicalResourceId: 'OrdersInvoke',
      ResourceType: 'AWS::Lambda::Permission',
      ResourceStatus: 'DELETE_COMPLETE',
    });
    expect(JSON.parse(StackEvents?.[0]?.ResourceProperties ?? '{}')).toMatchObject({
      FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:orders:live',
      Principal: 'apigateway.amazonaws.com',
    });
    const status = async () => (await s.call('cloudformation:DescribeStacks', { StackName: 'orders-stack' })).Stacks?.[0]?.StackStatus;
    expect(await status()).toBe('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await s.run(minute);
    expect(await status()).toBe('UPDATE_COMPLETE');
    expect((await s.call('lambda:ListTags', { Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders' })).Tags).toMatchObject({
      'aws:cloudformation:stack-name': 'orders-stack',
    });
  });

  test('datapoints are missing, not zero, without traffic, and late with it', async () => {
    const s = await shop({ perSecond: 0 });
    await s.run(5 * minute);
    expect(await sum(s, 'AWS/ApiGateway', '5XXError', gatewayDims)).toEqual([]);
    once(s);
    await s.run(minute);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', gatewayDims)).toEqual([]);
    await s.run(3 * minute);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', gatewayDims)).toEqual([1]);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', { ApiName: 'orders' })).toEqual([1]);
    expect(await sum(s, 'AWS/ApiGateway', 'Count', { Stage: 'prod' })).toEqual([]);
    expect(await sum(s, 'AWS/Lambda', 'Invocations', {})).toEqual([1]);
  });
});
