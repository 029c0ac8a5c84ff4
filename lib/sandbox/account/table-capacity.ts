// The capacity of tables as DynamoDB keeps it: asked for, UPDATING for some seconds with the old numbers still shown and still in force, then
// ACTIVE with the new ones. Unused units are kept for five minutes; decreases are rationed (fixes.md §16).
import { ok, type Result } from '../../model/result.ts';
import { type Base, spread } from './base.ts';
import { fail, type Failure } from './failure.ts';

export interface Capacity {
  readonly readUnits: number;
  readonly writeUnits: number;
}
export interface Table {
  readonly name: string;
  readonly key: string;
  /** In force; undefined is on demand. */
  capacity: Capacity | undefined;
  /** What an update under way will make of it. */
  becoming: Capacity | undefined;
  /** Units left to spend: unused ones are kept for five minutes (DynamoDB "Burst capacity"). */
  credit: { units: number; at: number };
  /** When capacity was taken down, within the day. */
  decreases: readonly number[];
}

/** DynamoDB keeps up to 300 seconds of unused capacity ("Burst capacity"). */
const keptSeconds = 300;
const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;
/** Decreases of a UTC day that need no pause; after them one in an hour without any (fixes.md §16). */
const freeDecreases = 4;

/** Spends a write unit; false: the table has none left. */
export function spend(table: Table, at: number): boolean {
  const { capacity } = table;
  if (capacity === undefined) return true;
  const earned = ((at - table.credit.at) / 1000) * capacity.writeUnits;
  const units = Math.min(keptSeconds * capacity.writeUnits, table.credit.units + earned);
  table.credit = { units: units >= 1 ? units - 1 : units, at };
  return units >= 1;
}

const refuse = (message: string) => fail('refused', 'ValidationException', message);

function objection(table: Table, to: Capacity, now: number) {
  if (table.becoming)
    return fail(
      'conflict',
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table is being updated: ${table.name}`,
    );
  const from = table.capacity;
  if (!from) return refuse('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST');
  if (to.readUnits < 1 || to.writeUnits < 1)
    return refuse('1 validation error detected: Member must have value greater than or equal to 1');
  if (to.readUnits === from.readUnits && to.writeUnits === from.writeUnits)
    return refuse(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${from.readUnits}. Requested ReadCapacityUnits: ${to.readUnits}.`,
    );
  const today = table.decreases.filter((at) => Math.floor(at / dayMs) === Math.floor(now / dayMs));
  const lowers = to.readUnits < from.readUnits || to.writeUnits < from.writeUnits;
  return lowers && today.length >= freeDecreases && now - (today.at(-1) ?? 0) < hourMs
    ? fail(
        'refused',
        'LimitExceededException',
        'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds.',
      )
    : undefined;
}

/** Begins an update; ACTIVE again after 5 to 20 seconds. */
export function updateCapacity(base: Base, table: Table, to: Capacity): Result<void, Failure> {
  const now = base.clock.now();
  const no = objection(table, to, now);
  if (no) return no;
  const from = table.capacity ?? to;
  if (to.readUnits < from.readUnits || to.writeUnits < from.writeUnits) table.decreases = [...table.decreases.slice(-30), now];
  table.becoming = to;
  const arrive = (): void => {
    // an owner's own change in between has made its own end of it
    if (table.becoming === to) setCapacity(table, to, base.clock.now());
  };
  base.clock.after(Math.round(spread(5000, 20_000, base.seed, 'table', base.next())), arrive, { quiet: true });
  return ok(undefined);
}

/** In force at once: what was saved up under the old capacity is gone. */
export function setCapacity(table: Table, to: Capacity | undefined, at: number): void {
  Object.assign(table, { capacity: to, becoming: undefined, credit: { units: 0, at } });
}
