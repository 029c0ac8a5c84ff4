// The store on one DynamoDB table: single items, single-item named conditions, consistent reads; values as JSON text, so that any depth
// and any key survives. Retries are the SDK's, and a write that was answered twice still counts as ours by its writer's mark.
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { WorldError } from '../world.ts';
import type { Item, NewItem, Store, Written } from './store.ts';
import { tableShape, toJson } from './table.ts';

const { partitionKey, listIndex, listKey, listSortKey, ttl } = tableShape;

/** The conditions, by name: expression attribute names stand for DynamoDB's reserved words. */
const isNew = { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': partitionKey } };
const isUnchanged = (version: number) => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': version },
});
const isUnchangedOrGone = (version: number) => ({
  ConditionExpression: 'attribute_not_exists(#pk) OR #version = :version',
  ExpressionAttributeNames: { '#pk': partitionKey, '#version': 'version' },
  ExpressionAttributeValues: { ':version': version },
});

const stored = v.object({
  [partitionKey]: v.string(),
  version: v.number(),
  value: v.string(),
  list: v.optional(v.string()),
  listAt: v.optional(v.number()),
  expiresAt: v.optional(v.number()),
});

export interface DynamoOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** A fresh random id for each write. */
  id(): string;
}

/** The store on the table `options.table`, shaped as lib/store/table.ts says. Throws WorldError. */
export function dynamoStore(options: DynamoOptions): Store {
  const documents = DynamoDBDocumentClient.from(options.client, { marshallOptions: { removeUndefinedValues: true } });
  const table = { TableName: options.table };

  async function put(item: NewItem, version: number, condition: typeof isNew | ReturnType<typeof isUnchanged>): Promise<Written> {
    const writer = options.id();
    const Item = attributes(item, version, writer);
    const wrote = await conditional('dynamodb:PutItem', writer, () =>
      documents.send(new PutCommand({ ...table, Item, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    );
    return wrote ? { written: true, version } : { written: false };
  }

  return {
    async get(key) {
      const answer = await world('dynamodb:GetItem', () =>
        documents.send(new GetCommand({ ...table, Key: { [partitionKey]: key }, ConsistentRead: true })),
      );
      return answer.Item && read(answer.Item);
    },
    putIfAbsent: (item) => put(item, 1, isNew),
    putIfUnchanged: (item, version) => put(item, version + 1, isUnchanged(version)),
    deleteIfUnchanged: (key, version) =>
      conditional('dynamodb:DeleteItem', undefined, () =>
        documents.send(new DeleteCommand({ ...table, Key: { [partitionKey]: key }, ...isUnchangedOrGone(version) })),
      ),
    async countBelow(key, max, expiresAt) {
      if (max <= 0) return false;
      return conditional('dynamodb:UpdateItem', undefined, () =>
        documents.send(new UpdateCommand({ ...table, Key: { [partitionKey]: key }, ...oneMore(max, expiresAt) })),
      );
    },
    async list(name, range) {
      const { from = 0, to = Number.MAX_SAFE_INTEGER, limit = Infinity } = range;
      const found: Item[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await world('dynamodb:Query', () =>
          documents.send(new QueryCommand({ ...table, ...between(name, from, to), ...(start ? { ExclusiveStartKey: start } : {}) })),
        );
        found.push(...(page.Items ?? []).flatMap((item) => read(item) ?? []).filter((item) => (item.list?.at ?? 0) < to));
        start = page.LastEvaluatedKey;
      } while (start && found.length < limit);
      return found.slice(0, limit);
    },
  };
}

/** DynamoDB's BETWEEN holds both ends; ours leaves the last one out, which the caller filters. */
const between = (name: string, from: number, to: number) => ({
  IndexName: listIndex,
  KeyConditionExpression: '#list = :list AND #at BETWEEN :from AND :to',
  ExpressionAttributeNames: { '#list': listKey, '#at': listSortKey },
  ExpressionAttributeValues: { ':list': name, ':from': Math.max(from, 0), ':to': Math.min(to, Number.MAX_SAFE_INTEGER) },
});

const oneMore = (max: number, expiresAt: number) => ({
  UpdateExpression: 'ADD #count :one SET #ttl = if_not_exists(#ttl, :ttl)',
  ConditionExpression: 'attribute_not_exists(#count) OR #count < :max',
  ExpressionAttributeNames: { '#count': 'count', '#ttl': ttl },
  ExpressionAttributeValues: { ':one': 1, ':max': max, ':ttl': seconds(expiresAt) },
});

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

const attributes = (item: NewItem, version: number, writer: string) => ({
  [partitionKey]: item.key,
  version,
  value: toJson(item.key, item.value),
  writer,
  ...(item.list ? { [listKey]: item.list.name, [listSortKey]: item.list.at } : {}),
  ...(item.expiresAt === undefined ? {} : { expiresAt: item.expiresAt, [ttl]: seconds(item.expiresAt) }),
});

/** Undefined for an item that is none of ours, such as a counter. */
function read(raw: Record<string, unknown>): Item | undefined {
  const item = v.safeParse(stored, raw);
  if (!item.success) return undefined;
  const { pk: key, version, value, list, listAt, expiresAt } = item.output;
  return {
    key,
    version,
    value: JSON.parse(value) as unknown,
    ...(list !== undefined && listAt !== undefined ? { list: { name: list, at: listAt } } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** True when written. A condition that failed because our own first try got through (its answer was lost) is a success. */
async function conditional(call: string, writer: string | undefined, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (!conditionFailed(error)) throw worldError(call, error);
    return writer !== undefined && writerOf(error) === writer;
  }
}
async function world<T>(call: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw worldError(call, error);
  }
}

/** MiniStack and DynamoDB behind Step Functions write the name differently. */
const conditionFailed = (error: unknown): boolean =>
  error instanceof Error && ['ConditionalCheckFailedException', 'DynamoDB.ConditionalCheckFailedException'].includes(error.name);

function writerOf(error: unknown): string | undefined {
  const old: Record<string, AttributeValue> | undefined = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
  const mark: unknown = old?.['writer'];
  return typeof mark === 'string' ? mark : ((mark as { S?: string } | undefined)?.S ?? undefined);
}

/** What DynamoDB still refused after the SDK's tries; a request it calls wrong is a bug and stays as it is. */
function worldError(call: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const status = error instanceof DynamoDBServiceException ? error.$metadata.httpStatusCode : undefined;
  if (/Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded/.test(error.name))
    return new WorldError('throttled', call, error.message);
  if (/AccessDenied|UnrecognizedClient|ExpiredToken/.test(error.name)) return new WorldError('denied', call, error.message);
  if (error.name === 'ResourceNotFoundException') return new WorldError('gone', call, error.message);
  if (status !== undefined && status < 500) return error;
  return new WorldError('down', call, error.message);
}
