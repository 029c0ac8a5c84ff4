// One contract, two stores; and what each does beyond it.
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConditionalCheckFailedException, CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { dynamoStore } from '../../lib/store/dynamo.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { tableShape } from '../../lib/store/table.ts';
import { edgeGrants, type OwnArns } from '../../lib/aws/own.ts';
import { storeContract } from './contract.ts';

const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;
const server = dynalite({ createTableMs: 0 });
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
let client: DynamoDBClient | undefined;
let n = 0;
const id = (): string => `writer-${++n}`;

async function started(): Promise<DynamoDBClient> {
  if (client) return client;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  client = new DynamoDBClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials });
  await client.send(createTable);
  return client;
}
afterAll(() => {
  client?.destroy();
  server.close();
});

const createTable = new CreateTableCommand({
  TableName: 'gatemedic',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: tableShape.partitionKey, AttributeType: 'S' },
    { AttributeName: tableShape.listKey, AttributeType: 'S' },
    { AttributeName: tableShape.listSortKey, AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: tableShape.partitionKey, KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: tableShape.listIndex,
      KeySchema: [
        { AttributeName: tableShape.listKey, KeyType: 'HASH' },
        { AttributeName: tableShape.listSortKey, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
});

storeContract('memory', async () => memoryStore());
storeContract('dynamo', async () => dynamoStore({ client: await started(), table: 'gatemedic', id }));

describe('DynamoDB', () => {
  test('expiry stands in seconds in the TTL attribute', async () => {
    const db = await started();
    await dynamoStore({ client: db, table: 'gatemedic', id }).putIfAbsent({ key: 'thing#ttl', value: 1, expiresAt: 1_700_000_000_500 });
    const raw = await db.send(new GetItemCommand({ TableName: 'gatemedic', Key: { [tableShape.partitionKey]: { S: 'thing#ttl' } } }));
    expect(raw.Item?.[tableShape.ttl]).toEqual({ N: '1700000001' });
  });
  test('a table that is not there is `gone`, by name', async () => {
    const store = dynamoStore({ client: await started(), table: 'elsewhere', id });
    await expect(store.get('thing#1')).rejects.toMatchObject({ name: 'WorldError', kind: 'gone', call: 'dynamodb:GetItem' });
  });
  test('a table out of reach is `down`', async () => {
    const away = new DynamoDBClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9', credentials, maxAttempts: 1 });
    await expect(dynamoStore({ client: away, table: 'gatemedic', id }).get('thing#1')).rejects.toMatchObject({ kind: 'down' });
  });
  test.each([
    ['our own first try', 'writer-mine', { written: true, version: 1 }],
    ['another writer', 'writer-other', { written: false }],
  ])('a failed condition that shows %s', async (_who, writer, outcome) => {
    // dynalite ignores ReturnValuesOnConditionCheckFailure, so the answer is made here, as the SDK makes it.
    const failed = new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: {},
      Item: { writer: { S: writer } },
    });
    const refusing = new DynamoDBClient({ region: 'us-east-1', credentials });
    refusing.middlewareStack.add(() => () => Promise.reject(failed), { step: 'initialize' });
    const store = dynamoStore({ client: refusing, table: 'gatemedic', id: () => 'writer-mine' });
    expect(await store.putIfAbsent({ key: 'thing#1', value: 1 })).toEqual(outcome);
  });
  test('the name that emulators and Step Functions give a failed condition is known too', async () => {
    const failed = Object.assign(new Error('The conditional request failed'), { name: 'DynamoDB.ConditionalCheckFailedException' });
    const refusing = new DynamoDBClient({ region: 'us-east-1', credentials });
    refusing.middlewareStack.add(() => () => Promise.reject(failed), { step: 'initialize' });
    expect(await dynamoStore({ client: refusing, table: 'gatemedic', id }).putIfUnchanged({ key: 'thing#1', value: 1 }, 3)).toEqual({
      written: false,
    });
  });
});

describe('memory', () => {
  test('the hook sees each operation first, and what it throws the caller gets', async () => {
    const seen: string[] = [];
    const store = memoryStore((operation, key) => {
      seen.push(`${operation} ${key}`);
      if (key === 'thing#denied') throw new Error('denied');
    });
    await store.putIfAbsent({ key: 'thing#1', value: 1 });
    await expect(store.putIfAbsent({ key: 'thing#denied', value: 1 })).rejects.toThrow('denied');
    await store.get('thing#1');
    await store.list('things', {});
    await store.countBelow('limit#1', 1, 1);
    await store.deleteIfUnchanged('thing#1', 1);
    expect(seen).toEqual(['put thing#1', 'put thing#denied', 'get thing#1', 'list things', 'count limit#1', 'delete thing#1']);
  });
  test('neither what was written nor what was read changes a row', async () => {
    const store = memoryStore();
    const written = { a: [1] };
    await store.putIfAbsent({ key: 'thing#1', value: written });
    written.a.push(2);
    const first = (await store.get('thing#1'))?.value as { a: number[] };
    expect(() => first.a.push(3)).toThrow(TypeError);
    expect((await store.get('thing#1'))?.value).toEqual({ a: [1] });
  });
});

test('the index that roles may query is the table’s index', () => {
  const own = { table: 'arn:aws:dynamodb:us-east-1:111122223333:table/gatemedic' } as OwnArns;
  expect(edgeGrants('store:read', own)[0]?.resources).toContain(`${own.table}/index/${tableShape.listIndex}`);
});
