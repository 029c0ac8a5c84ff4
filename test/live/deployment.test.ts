// CloudFormation is always answered, and always with success: the filters must never fail a deployment or hang a deletion.
import { expect, test } from 'vitest';
import { duties } from '../../lib/duties.ts';
import { answering, farewell, filters } from '../../lib/live/deployment.ts';

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
  return { puts, handler: answering(run, filters, async (url, body) => void puts.push({ url, body: JSON.parse(body) })) };
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

test('farewell: what it came to stands in CloudFormation’s own record', async () => {
  const puts: unknown[] = [];
  const says = 'the installation is being removed; 1 change taken back, nothing else is in force';
  await answering(
    async () => ({ says }),
    farewell,
    async (_, body) => void puts.push(JSON.parse(body)),
  )(request('Delete'));
  expect(puts).toMatchObject([{ Status: 'SUCCESS', Reason: says, PhysicalResourceId: 'gatemedic-farewell' }]);
});
test('farewell: hanging or broken, the removal goes on', async () => {
  const puts: unknown[] = [];
  const put = async (_: string, body: string): Promise<void> => void puts.push(JSON.parse(body));
  await answering(() => new Promise(() => undefined), { ...farewell, withinMs: 20 }, put)(request('Delete'));
  await expect(answering(async () => Promise.reject(new Error('the table is away')), farewell, put)(request('Delete'))).rejects.toThrow(
    'the table is away',
  );
  expect(puts).toMatchObject([
    { Status: 'SUCCESS', Reason: expect.stringContaining('could not all be looked at') as string },
    { Status: 'SUCCESS', Reason: expect.stringContaining('could not all be looked at') as string },
  ]);
});
test('each is answered before its function dies, and CloudFormation waits longer than that', () => {
  const seconds = (id: string): number => duties.find((d) => d.id === id)?.timeoutSeconds ?? 0;
  expect(farewell.withinMs + 10_000).toBeLessThan(seconds('farewell') * 1000);
  expect(seconds('subscribe') * 1000).toBeLessThan(filters.withinMs);
});
