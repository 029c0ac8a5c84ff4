// raise-table-capacity: how much, within which caps, and when it steps aside.
import { describe, expect, test } from 'vitest';
import '../../lib/collectors/index.ts';
import fix from '../../lib/fixes/raise-table-capacity.ts';
import { got, missing, type EvidenceSet } from '../../lib/model/evidence.ts';
import type { TargetFact } from '../../lib/model/kinds/direct.ts';
import { ok } from '../../lib/model/result.ts';
import { at } from '../laws/fault.ts';

const minute = 60_000;
const now = 600 * minute;
const window = { from: 0, to: now };
const series = (...values: readonly number[]) => ({ at: values.map((_, n) => n * minute), values });
/** Sums of a minute: a table of 10 write units that is full, and turns 600 calls a minute away. */
const full = { consumed: series(600, 600), taken: series(600, 600), throttled: series(0, 600) };
const idle = { consumed: series(0, 0), taken: series(0, 0), throttled: series(0, 0) };

interface Given {
  readonly targets?: readonly object[];
  readonly table?: Partial<TargetFact> | 'missing';
  readonly put?: object;
  readonly get?: object;
  readonly metrics?: 'missing';
  readonly api?: 'missing' | readonly string[];
  readonly caps?: Partial<{ usdPerHour: number; usdPerDay: number }>;
  readonly there?: unknown;
  readonly account?: string;
}
const route = (action: string, table: string, account: string) => ({
  method: 'POST',
  path: `/${action}`,
  integration: {
    type: 'AWS' as const,
    timeoutMs: 29_000,
    service: { name: 'dynamodb', action },
    credentials: 'arn:aws:iam::111122223333:role/gateway',
    requestTemplates: {
      'application/json': `{"TableName": "${account === at.accountId ? table : `arn:aws:dynamodb:us-east-1:${account}:table/${table}`}"}`,
    },
  },
});
const plan = (g: Given = {}) => {
  const tables = Array.isArray(g.api) ? (g.api as readonly string[]) : ['orders'];
  const routes = tables.flatMap((t) => ['PutItem', 'GetItem'].map((action) => route(action, t, g.account ?? at.accountId)));
  const evidence = {
    deployedApi:
      g.api === 'missing' ? missing('denied', 'no') : got({ routes, variables: {}, tags: {}, executionLogging: 'OFF' }, window, 'aws'),
    serviceTargets:
      g.table === 'missing'
        ? missing('denied', 'no')
        : got(
            {
              targets: { 'dynamodb orders': { exists: true, state: 'ACTIVE', provisioned: { readUnits: 5, writeUnits: 10 }, ...g.table } },
            },
            window,
            'aws',
          ),
    serviceMetrics:
      g.metrics === 'missing'
        ? missing('late', 'no')
        : got(
            { periodMs: minute, calls: { 'dynamodb orders PutItem': g.put ?? full, 'dynamodb orders GetItem': g.get ?? idle } },
            window,
            'aws',
          ),
  } as unknown as EvidenceSet<'deployedApi' | 'serviceMetrics' | 'serviceTargets'>;
  return fix.plan({
    id: 'inc-1',
    at,
    diagnosis: { cause: 'service-throttled', certainty: 'confirmed', at: now, suspects: [], missing: [] },
    facts: { targets: g.targets ?? [{ service: 'dynamodb', target: 'orders', action: 'PutItem', routes: [], throttled: 600 }] },
    evidence,
    caps: { usdPerHour: 1, usdPerDay: 10, warmEnvironments: 1, ...g.caps },
    now,
    read: async () => ok({ value: g.there ?? { readUnits: 5, writeUnits: 10 } }),
  });
};
async function to(g: Given = {}): Promise<unknown> {
  const planned = await plan(g);
  if (!planned.ok) throw new Error(planned.error.reason);
  expect(planned.value).toMatchObject([
    { setting: 'table-capacity', target: { tableName: 'orders', bought: { readUnits: 5, writeUnits: 10 } } },
  ]);
  return planned.value[0]?.to;
}

describe('how much', () => {
  test('what was taken and turned away in the busiest minute, and half as much again', async () =>
    // 600 taken and 600 turned away in a minute: 20 a second
    expect(await to()).toEqual({ readUnits: 5, writeUnits: 30 }));
  test('calls that ask for several units are counted so', async () =>
    expect(await to({ put: { ...full, taken: series(200, 200), throttled: series(0, 200) } })).toEqual({ readUnits: 5, writeUnits: 30 }));
  test('reads and writes each by themselves', async () =>
    expect(await to({ get: { consumed: series(300), taken: series(300), throttled: series(60) } })).toEqual({
      readUnits: 9,
      writeUnits: 30,
    }));
  test('never above the dollars an hour', async () =>
    expect(await to({ caps: { usdPerHour: 0.01 } })).toEqual({ readUnits: 5, writeUnits: 25 }));
  test('never above the dollars a day, for a lease of two hours', async () =>
    expect(await to({ caps: { usdPerDay: 0.02 } })).toEqual({ readUnits: 5, writeUnits: 25 }));
});

test.each<[string, Given, RegExp]>([
  ['caps below what is asked for', { caps: { usdPerHour: 0.001 } }, /ask for 20 write units.*has 10.*allows 11/],
  [
    'more than a table may have',
    { put: { ...full, throttled: series(0, 3_000_000) }, caps: { usdPerHour: 1000, usdPerDay: 9000 } },
    /allows 40000/,
  ],
  ['a table that is not full', { put: { ...full, consumed: series(300, 420) } }, /at most 7\.0 of 10 write units.*hot key or an index/],
  ['nothing throttled any more', { put: { ...full, throttled: series(0, 0) } }, /no throttled call/],
  ['on demand', { table: { onDemand: true } }, /on demand/],
  ['a table that is being changed', { table: { state: 'UPDATING' } }, /UPDATING/],
  ['a table that changed since', { there: { readUnits: 5, writeUnits: 10, leaving: true } }, /being changed/],
  ['a table that went on demand since', { there: 'absent' }, /being changed, or gone/],
  ['a table nobody can read', { table: 'missing' }, /could not be read/],
  ['a table that is gone', { table: { exists: false } }, /could not be read/],
  ['no metrics', { metrics: 'missing' }, /could not be read/],
  ['no deployment', { api: 'missing' }, /could not be read/],
  ['a deployment without the table', { api: ['other'] }, /no deployed route names/],
  ['a table of another account', { account: '999999999999' }, /999999999999.*not this one/],
  ['another service', { targets: [{ service: 'kinesis', target: 'orders' }] }, /no DynamoDB table/],
  [
    'two tables',
    {
      targets: [
        { service: 'dynamodb', target: 'orders' },
        { service: 'dynamodb', target: 'users' },
      ],
    },
    /2 tables throttle/,
  ],
  ['facts of another shape', { targets: 'x' as unknown as [] }, /does not say/],
])('steps aside: %s', async (_, given, says) => {
  const planned = await plan(given);
  expect(planned.ok ? planned.value : planned.error.reason).toMatch(says);
});
