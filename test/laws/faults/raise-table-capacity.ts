// A table behind a route is given one write unit a second.
import type { TableTarget } from '../../../lib/settings/table-capacity.ts';
import type { Fault } from '../fault.ts';
import { serveItems, table } from '../services-behind.ts';

export default {
  fix: 'raise-table-capacity',
  cause: 'service-throttled',
  prepare: serveItems,
  breakIt: (account) => account.services.putTable(table, { key: 'id', writeUnits: 1 }),
  facts: { targets: [{ service: 'dynamodb', action: 'PutItem', target: table, routes: ['POST /orders/items'], throttled: 99 }] },
  drift: (attempt, { target }) =>
    attempt('dynamodb:UpdateTable', {
      TableName: (target as TableTarget).tableName,
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 3 },
    }),
  settlesMs: 60_000,
} satisfies Fault;
