// The role that a route calls its table with has the managed policy detached that let it.
import type { Fault } from '../fault.ts';
import { driftOfRole } from '../role-drift.ts';
import { alice, mayPut, role, roleArn, serveItems, table, tableArn } from '../services-behind.ts';

const policy = 'arn:aws:iam::111122223333:policy/items';

export default {
  fix: 'restore-role-statement',
  cause: 'service-access-denied',
  prepare(account) {
    serveItems(account);
    account.services.putManaged('items', [mayPut]);
    account.services.attach(role, policy);
    account.services.putRole(role, { statements: [] });
  },
  breakIt: (account) => account.services.detach(role, policy, alice),
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
