// Buys a provisioned DynamoDB table the capacity its calls ask for, for a lease and within the owner's caps. Only where the numbers say that the
// table as a whole is out of capacity: a hot key or an index throttles too, and no capacity mends that.
import * as v from 'valibot';
import { fix, type PlanInput } from '../model/change.ts';
import type { CallMetrics } from '../model/kinds/direct.ts';
import { err, ok, type Result } from '../model/result.ts';
import { minuteMs, sum } from '../model/series.ts';
import { callKey, readsItems, serviceCallsOf, type ServiceCall } from '../model/service-call.ts';
import tableCapacity, { capacityUsdPerHour, unitsFor, type TableCapacity, type TableTarget } from '../settings/table-capacity.ts';

type Kind = 'deployedApi' | 'serviceMetrics' | 'serviceTargets';
type Plan = PlanInput<Kind>;
type Side = 'read' | 'write';

const factsSchema = v.object({ targets: v.array(v.object({ service: v.string(), target: v.optional(v.string()) })) });

/** What is asked for and half as much again (causes.md, service-throttled). */
const margin = 1.5;
/** A table that throttles although it uses less than this share of what was bought throttles for one key or one index. */
const fullFrom = 0.8;
/** Units one call is taken to ask for at most: other callers' units are counted in the same sum. */
const mostUnitsPerCall = 40;
/** Units of a kind a table may have (DynamoDB quota, fixes.md §16: 40k by default). */
const tableLimit = 40_000;
const leaseMs = 2 * 3_600_000;

export default fix<Kind, never>({
  id: 'raise-table-capacity',
  title: 'Raise the capacity of the table',
  about: {
    changes:
      'Raises the read or write units of a provisioned table to what its calls asked for in their busiest minute and half as much again, within `usdPerHour` and `usdPerDay`. It steps aside for tables on demand, where Application Auto Scaling steers the table, while the table is not ACTIVE, and where it throttles without being full: a hot key or an index, which no capacity mends. After two hours its use is looked at: in use, it is extended once, then a person is asked whether to keep it; without an answer it comes down. DynamoDB lets capacity be taken down four times a day, then once an hour: each undo and each lease’s end is one of these.',
    costs: `$${capacityUsdPerHour({ readUnits: 0, writeUnits: 100 }).toFixed(3)} an hour for 100 write units, $${capacityUsdPerHour({ readUnits: 100, writeUnits: 0 }).toFixed(3)} for 100 read units (us-east-1, Standard table class); it is shown with the question, and capped by \`usdPerHour\` and \`usdPerDay\``,
  },
  treats: ['service-throttled'],
  settings: [tableCapacity.id],
  risk: 'it costs money while it stands, and taking it down again is one of the few decreases DynamoDB allows a day',
  consent: 'asked',
  judgeMs: 20 * 60_000,
  cooldownMs: 60 * 60_000,
  leaseMs,
  looksAt: ['deployedApi', 'serviceMetrics', 'serviceTargets'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    if (!facts.success) return err({ reason: 'the diagnosis does not say which service throttles' });
    const tables = [...new Set(facts.output.targets.flatMap((t) => (t.service === 'dynamodb' ? (t.target ?? []) : [])))];
    const [name] = tables;
    if (name === undefined) return err({ reason: 'what throttles is no DynamoDB table that the deployment names' });
    if (tables.length > 1)
      return err({
        reason: `${tables.length} tables throttle at once (${tables.join(', ')}): the load is what changed, and a person decides`,
      });
    const asked = askedOf(input, name);
    if (!asked.ok) return err({ reason: asked.error });
    const { accountId, region, demand } = asked.value;
    const now = await input.read(tableCapacity.id, { accountId, region, tableName: name, bought: asked.value.bought });
    if (!now.ok) return now;
    const current = v.safeParse(tableCapacity.value, now.value.value);
    if (!current.success || current.output.leaving) return err({ reason: `the capacity of ${name} is being changed, or gone, just now` });
    const { readUnits, writeUnits } = current.output;
    const target: TableTarget = { accountId, region, tableName: name, bought: { readUnits, writeUnits } };
    const to = raised(input, target, demand);
    if (!to.ok) return err({ reason: to.error });
    return ok([{ setting: tableCapacity.id, target, from: { readUnits, writeUnits }, to: to.value }]);
  },
});

interface Asked {
  readonly accountId: string;
  readonly region: string;
  readonly bought: TableTarget['bought'];
  /** Units a second that its calls asked for, of the sides that throttle. */
  readonly demand: Readonly<Partial<Record<Side, number>>>;
}

function askedOf({ at, evidence }: Plan, name: string): Result<Asked, string> {
  const { deployedApi, serviceTargets, serviceMetrics } = evidence;
  if (deployedApi.state !== 'got') return err(`the deployed API could not be read: ${deployedApi.detail}`);
  const calls = serviceCallsOf(deployedApi.value, at).filter((c) => c.service === 'dynamodb' && c.target?.name === name);
  const place = calls[0]?.target;
  if (!place) return err(`no deployed route names the table ${name} any more`);
  if (place.accountId !== at.accountId || place.region !== at.region)
    return err(`the table ${name} belongs to account ${place.accountId} in ${place.region}, which is not this one`);
  if (serviceTargets.state !== 'got') return err(`the table ${name} could not be read: ${serviceTargets.detail}`);
  const table = serviceTargets.value.targets[`dynamodb ${name}`];
  if (!table?.exists) return err(`the table ${name} could not be read`);
  if (table.onDemand)
    return err(`the table ${name} is on demand: it has no capacity to raise, and throttles for a hot key or a sudden rise`);
  if (table.state !== 'ACTIVE')
    return err(`the table ${name} is ${table.state ?? 'in an unknown state'}, and takes a change only when ACTIVE`);
  if (!table.provisioned) return err(`what was bought for the table ${name} is not known`);
  if (serviceMetrics.state !== 'got') return err(`what the table ${name} used could not be read: ${serviceMetrics.detail}`);
  const demand = demandOf(calls, serviceMetrics.value.calls, table.provisioned, name);
  return demand.ok ? ok({ accountId: place.accountId, region: place.region, bought: table.provisioned, demand: demand.value }) : demand;
}

/** Per side that throttles: what was asked for in the busiest minute; refused where the table was not full. */
function demandOf(
  calls: readonly ServiceCall[],
  metrics: Readonly<Record<string, CallMetrics>>,
  bought: TableTarget['bought'],
  name: string,
): Result<Asked['demand'], string> {
  const demand: Partial<Record<Side, number>> = {};
  for (const side of ['read', 'write'] as const) {
    const own = calls.filter((c) => readsItems(c.action) === (side === 'read')).flatMap((c) => metrics[callKey(c)] ?? []);
    const minutes = minutesOf(own);
    if (minutes.every((m) => m.throttled === 0)) continue;
    const has = side === 'read' ? bought.readUnits : bought.writeUnits;
    const used = Math.max(...minutes.map((m) => m.used)) / 60;
    if (used < fullFrom * has)
      return err(
        `the table ${name} throttles while it uses at most ${used.toFixed(1)} of ${has} ${side} units a second: a hot key or an index, which more capacity does not mend`,
      );
    demand[side] = Math.max(...minutes.map((m) => m.asked)) / 60;
  }
  return Object.keys(demand).length > 0 ? ok(demand) : err(`no throttled call on the table ${name} is seen any more`);
}

interface Minute {
  readonly throttled: number;
  readonly used: number;
  readonly asked: number;
}
/** The units a table used are the same sum for all its actions of a side; what they were turned away for is each action's own. */
function minutesOf(own: readonly CallMetrics[]): readonly Minute[] {
  const starts = [...new Set(own.flatMap((c) => [...(c.consumed?.at ?? []), ...(c.throttled?.at ?? [])]))];
  const of = (series: CallMetrics['taken'], at: number): number => (series ? sum(series, at, at + minuteMs) : 0);
  return starts.map((at) => {
    const used = Math.max(0, ...own.map((c) => of(c.consumed, at)));
    const taken = own.reduce((n, c) => n + of(c.taken, at), 0);
    const throttled = own.reduce((n, c) => n + of(c.throttled, at), 0);
    const each = taken > 0 ? Math.min(Math.max(1, used / taken), mostUnitsPerCall) : 1;
    return { throttled, used, asked: used + throttled * each };
  });
}

/** What is asked for and half as much again, as far as the caps pay for it; too little to help is refused. */
function raised({ caps }: Plan, { tableName, bought }: TableTarget, demand: Asked['demand']): Result<TableCapacity, string> {
  const budget = Math.min(caps.usdPerHour, caps.usdPerDay / (leaseMs / 3_600_000));
  let left = budget;
  const to = { readUnits: bought.readUnits, writeUnits: bought.writeUnits };
  for (const side of ['write', 'read'] as const) {
    const asked = demand[side];
    if (asked === undefined) continue;
    const has = side === 'read' ? bought.readUnits : bought.writeUnits;
    const affordable = Math.min(has + unitsFor(left, side), tableLimit);
    const units = Math.min(Math.ceil(asked * margin), affordable);
    if (units <= has || units < asked)
      return err(
        `the calls on ${tableName} ask for ${Math.ceil(asked)} ${side} units a second, it has ${has}, and $${budget} an hour (cap) or DynamoDB’s own limit allows ${affordable}`,
      );
    if (side === 'read') to.readUnits = units;
    else to.writeUnits = units;
    left -= capacityUsdPerHour({ ...bought, [side === 'read' ? 'readUnits' : 'writeUnits']: units }) - capacityUsdPerHour(bought);
  }
  return ok(to);
}
