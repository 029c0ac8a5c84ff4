// How many read and write units a second a provisioned DynamoDB table has (fixes.md §16). While it is UPDATING it shows what it had, so that
// what it becomes is told from what was bought before: without that, a crash in the middle would take a change under way for none.
import * as v from 'valibot';
import type { Aws, CallError } from '../aws/calls.ts';
import type { Snippet } from '../model/cause.ts';
import type { Window } from '../model/evidence.ts';
import { err, ok, type Result } from '../model/result.ts';
import { absentIn, setting, type Reading, type ValueOf } from './setting.ts';

const units = v.pipe(v.number(), v.integer(), v.minValue(1));
/** `bought` is what the table had before: the price of a change is what it costs more than that. */
const target = v.object({
  accountId: v.string(),
  region: v.string(),
  tableName: v.string(),
  bought: v.object({ readUnits: units, writeUnits: units }),
});
/** `leaving`: the table is UPDATING, and these are the numbers it comes from. Only a read says so. */
const value = v.object({ readUnits: units, writeUnits: units, leaving: v.optional(v.literal(true)) });
export type TableTarget = v.InferOutput<typeof target>;
export type TableCapacity = v.InferOutput<typeof value>;
type Target = TableTarget;
type Value = ValueOf<TableCapacity>;
type Read = 'dynamodb:DescribeTable';
type Write = 'dynamodb:UpdateTable';

/**
 * US dollars an hour of one unit: us-east-1, Standard table class (list price in public copies of aws.amazon.com/dynamodb/pricing/provisioned;
 * U: other Regions and Standard-IA cost more).
 */
const usdPerUnitHour = { read: 0.00013, write: 0.00065 };
/** What units of both kinds cost an hour. */
export const capacityUsdPerHour = (one: { readonly readUnits: number; readonly writeUnits: number }): number =>
  one.readUnits * usdPerUnitHour.read + one.writeUnits * usdPerUnitHour.write;
/** How many units of a kind so many dollars an hour pay for. */
export const unitsFor = (usdPerHour: number, kind: 'read' | 'write'): number => Math.floor(usdPerHour / usdPerUnitHour[kind]);

/** More than this share of what was bought before at work means that it would throttle again without. */
const usedFrom = 0.8;

const equal = (a: TableCapacity, b: TableCapacity): boolean => a.readUnits === b.readUnits && a.writeUnits === b.writeUnits;
/** A table that leaves some numbers stands at any others: which ones, `settled` tells. */
function same(a: Value, b: Value): boolean {
  if (a === 'absent' || b === 'absent') return a === b;
  return equal(a, b) ? a.leaving === b.leaving : (a.leaving ?? b.leaving) === true;
}
const show = (one: Value): string =>
  one === 'absent' ? 'no provisioned capacity' : `${one.readUnits} read and ${one.writeUnits} write units a second`;

async function read(aws: Aws<Read>, t: Target): Promise<Result<Reading<TableCapacity>, CallError>> {
  const answer = await aws.call('dynamodb:DescribeTable', { TableName: t.tableName });
  if (!answer.ok) return answer.error.kind === 'gone' ? ok(absentIn(`the table ${t.tableName}`)) : answer;
  const { TableStatus: status, BillingModeSummary: billing, ProvisionedThroughput: bought } = answer.value.Table ?? {};
  const [readUnits = 0, writeUnits = 0] = [bought?.ReadCapacityUnits, bought?.WriteCapacityUnits];
  // on demand it shows zeros
  if (billing?.BillingMode === 'PAY_PER_REQUEST' || readUnits < 1 || writeUnits < 1) return ok({ value: 'absent' });
  return ok({ value: { readUnits, writeUnits, ...(status === 'ACTIVE' ? {} : { leaving: true as const }) } });
}

async function write(aws: Aws<Read | Write>, t: Target, _from: Value, to: Value): Promise<Result<void, CallError>> {
  if (to === 'absent')
    return err({ kind: 'refused', call: 'dynamodb:UpdateTable', name: 'Refused', message: 'a billing mode is not switched from here' });
  const answer = await aws.call('dynamodb:UpdateTable', {
    TableName: t.tableName,
    ProvisionedThroughput: { ReadCapacityUnits: to.readUnits, WriteCapacityUnits: to.writeUnits },
  });
  if (answer.ok) return ok(undefined);
  // an update is under way: it ends within minutes, and then this one can be made
  return answer.error.name === 'ResourceInUseException' ? err({ ...answer.error, kind: 'down' }) : answer;
}

export default setting({
  id: 'table-capacity',
  title: 'The capacity of a provisioned DynamoDB table',
  target,
  value,
  calls: { read: ['dynamodb:DescribeTable'], write: ['dynamodb:UpdateTable'] },
  race: 'between our read and our write (well under a second): DynamoDB offers no revision for it, and refuses a second update until the first is through. Somebody else’s update of that moment is found when the table has settled, and told. Where Application Auto Scaling steers the table nothing is set. Taking capacity down again is rationed: four times a day, then once an hour; an undo that DynamoDB refuses for that calls a person.',
  lockKey: (t: Target) => `table:${t.accountId}:${t.region}:${t.tableName}`,
  writesTo: (t: Target) => `arn:aws:dynamodb:${t.region}:${t.accountId}:table/${t.tableName}`,
  read,
  write,
  same,
  async settled(aws: Aws<Read>, t: Target, to: Value): Promise<Result<'settled' | 'settling' | { readonly failed: string }, CallError>> {
    const now = await read(aws, t);
    if (!now.ok) return now;
    const { value: one } = now.value;
    if (one !== 'absent' && one.leaving) return ok('settling');
    return ok(same(one, to) ? 'settled' : { failed: `the table ${t.tableName} came to ${show(one)}` });
  },
  async managed(aws: Aws<'application-autoscaling:DescribeScalableTargets'>, t: Target): Promise<Result<string | undefined, CallError>> {
    const answer = await aws.call('application-autoscaling:DescribeScalableTargets', {
      ServiceNamespace: 'dynamodb',
      ResourceIds: [`table/${t.tableName}`],
    });
    if (!answer.ok) return answer;
    return ok((answer.value.ScalableTargets ?? []).length > 0 ? 'Application Auto Scaling' : undefined);
  },
  show: (t: Target, from: Value, to: Value) => `table ${t.tableName}: ${show(from)} → ${show(to)}`,
  usdPerHour: (t: Target, one: Value) => (one === 'absent' ? 0 : Math.max(0, capacityUsdPerHour(one) - capacityUsdPerHour(t.bought))),
  inUse: async (aws: Aws<'cloudwatch:GetMetricData'>, t: Target, _one: TableCapacity, window: Window) => {
    const used = (id: string, name: string) => ({
      Id: id,
      MetricStat: {
        Metric: { Namespace: 'AWS/DynamoDB', MetricName: name, Dimensions: [{ Name: 'TableName', Value: t.tableName }] },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const answer = await aws.call('cloudwatch:GetMetricData', {
      StartTime: new Date(window.from),
      EndTime: new Date(window.to),
      MetricDataQueries: [used('read', 'ConsumedReadCapacityUnits'), used('write', 'ConsumedWriteCapacityUnits')],
    });
    if (!answer.ok) return answer;
    const perSecond = (id: string): number =>
      Math.max(
        0,
        ...(answer.value.MetricDataResults ?? []).filter((r) => r?.Id === id).flatMap((r) => (r?.Values ?? []).map((n) => (n ?? 0) / 60)),
      );
    return ok(perSecond('read') > usedFrom * t.bought.readUnits || perSecond('write') > usedFrom * t.bought.writeUnits);
  },
  byHand: (t: Target, _from: Value, to: Value) =>
    to === 'absent'
      ? `# table ${t.tableName} had no provisioned capacity: see aws dynamodb describe-table --table-name ${t.tableName} --region ${t.region}`
      : `aws dynamodb update-table --table-name ${t.tableName} --provisioned-throughput ReadCapacityUnits=${to.readUnits},WriteCapacityUnits=${to.writeUnits} --region ${t.region}`,
  snippets: (t: Target, to: Value): readonly Snippet[] => (to === 'absent' ? [] : lasting(t, to)),
});

/** A raised capacity is a stopgap: these make it last, or let it follow the load. */
const lasting = (t: Target, to: TableCapacity): readonly Snippet[] => [
  {
    title: 'CDK',
    language: 'typescript',
    code: `// on the table ${t.tableName}\nbilling: dynamodb.Billing.provisioned({\n  readCapacity: dynamodb.Capacity.autoscaled({ minCapacity: ${to.readUnits}, maxCapacity: ${to.readUnits * 2} }),\n  writeCapacity: dynamodb.Capacity.autoscaled({ minCapacity: ${to.writeUnits}, maxCapacity: ${to.writeUnits * 2} }),\n}),`,
  },
  {
    title: 'CloudFormation',
    language: 'yaml',
    code: `# on the AWS::DynamoDB::Table ${t.tableName}\nProvisionedThroughput:\n  ReadCapacityUnits: ${to.readUnits}\n  WriteCapacityUnits: ${to.writeUnits}`,
  },
  {
    title: 'Terraform',
    language: 'hcl',
    code: `# on the aws_dynamodb_table ${t.tableName}\nread_capacity  = ${to.readUnits}\nwrite_capacity = ${to.writeUnits}`,
  },
];
