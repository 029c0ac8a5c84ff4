// CloudFormation is always answered, and always with success: the filters must never fail a deployment or hang a deletion.
import { expect, test } from 'vitest';
import { answering } from '../../lib/live/deployment.ts';

const request = (RequestType: string) => ({
  RequestType,
  ResponseURL: 'https://bucket.example/answer',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Filters',
  ResourceProperties: { destinationArn: 'arn:aws:lambda:us-east-1:111122223333:function:gatemedic-intake:live' },
});

function setUp(run: () => Promise<unknown>): { handler: (event: unknown) => Promise<unknown>; puts: { url: string; body: unknown }[] } {
  const puts: { url: string; body: unknown }[] = [];
  return { puts, handler: answering(run, async (url, body) => void puts.push({ url, body: JSON.parse(body) })) };
}

test.for(['Create', 'Update', 'Delete'])('%s is answered, always with the same id', async (type) => {
  const { handler, puts } = setUp(async () => 'done');
  expect(await handler(request(type))).toBe('done');
  expect(puts).toMatchObject([
    {
      url: 'https://bucket.example/answer',
      body: {
        Status: 'SUCCESS',
        PhysicalResourceId: 'gatemedic-subscriptions',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Filters',
      },
    },
  ]);
});

test('a failure is answered and thrown: the deployment goes on, the alarm rings', async () => {
  const { handler, puts } = setUp(async () => Promise.reject(new Error('throttled')));
  await expect(handler(request('Delete'))).rejects.toThrow('throttled');
  expect(puts).toHaveLength(1);
});

test('the schedule’s event is nobody’s to answer', async () => {
  const { handler, puts } = setUp(async () => 'done');
  expect(await handler({ destinationArn: 'arn:aws:lambda:x' })).toBe('done');
  expect(puts).toEqual([]);
});
