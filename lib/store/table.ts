// The table's own names, said once: the store writes them, the stack builds them, a contract test creates them.

export const tableShape = {
  /** Partition key, a string: `kind#id`. */
  partitionKey: 'pk',
  /** The one index: sparse, every attribute projected. */
  listIndex: 'list',
  /** The index's partition key, a string: a list's name. */
  listKey: 'list',
  /** The index's sort key, a number: milliseconds since 1970. */
  listSortKey: 'listAt',
  /** Time to live, a number: **seconds** since 1970. */
  ttl: 'ttl',
} as const;

/** An item may hold 400 KB (AWS: DynamoDB quotas); the rest is for the key, the index and the version. */
const maxValueBytes = 390 * 1024;

/** A value as both stores keep it: JSON text, so that memory and DynamoDB forget the same things (undefined, dates, prototypes). */
export function toJson(key: string, value: unknown): string {
  const json = JSON.stringify(value);
  if (json === undefined) throw new Error(`store: item ${key} has no JSON value; write null or leave the item out`);
  const sizeBytes = Buffer.byteLength(json);
  if (sizeBytes > maxValueBytes)
    throw new Error(`store: item ${key} is ${sizeBytes} bytes, more than the ${maxValueBytes} a table item may hold; keep less in it`);
  return json;
}
