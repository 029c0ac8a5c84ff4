// The role that a route calls its table with loses its one inline policy.
import type { Fault } from '../fault.ts';
import { driftOfRole } from '../role-drift.ts';
import { alice, role, roleArn, serveItems, table, tableArn } from '../services-behind.ts';

export default {
  fix: 'restore-role-statement',
  cause: 'service-access-denied',
  prepare: serveItems,
  breakIt: (account) => account.services.putRole(role, { statements: [] }, alice),
  lookedAtMs: 8 * 60_000,
  facts: {
    calls: [
      {
        service: 'dynamodb',
        action: 'PutItem',
        target: table,
        routes: ['POST /orders/items'],
        role: roleArn,
        needs: { action: 'dynamodb:PutItem', resource: tableArn },
        why: 'no-statement',
        says: 'no policy of the role allows dynamodb:PutItem',
      },
    ],
  },
  drift: driftOfRole,
} satisfies Fault;
