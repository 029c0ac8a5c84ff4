// The role that the function's code runs with loses the one statement that lets it write to its table.
import { executionTrust } from '../../../lib/sandbox/account/roles-and-queues.ts';
import { accountId, ref, type Fault } from '../fault.ts';
import { driftOfRole } from '../role-drift.ts';
import { alice, boundary, table, tableArn } from '../services-behind.ts';

const role = 'orders-role';
const roleArn = `arn:aws:iam::${accountId}:role/${role}`;
const action = 'dynamodb:PutItem';
const logs = { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' } as const;
const mayPut = { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: tableArn } as const;

export default {
  fix: 'restore-role-statement',
  cause: 'lambda-dependency-failure',
  prepare(account) {
    account.services.putTable(table, { key: 'id', writeUnits: 100 });
    account.services.putRole(role, { trust: executionTrust, statements: [logs, mayPut], boundary });
    account.release('orders', { uses: { action, resource: tableArn } });
  },
  breakIt: (account) => account.services.putRole(role, { statements: [logs] }, alice),
  lookedAtMs: 8 * 60_000,
  facts: {
    functions: [{ ref, errors: 600 }],
    what: 'denied',
    taken: [{ role: roleArn, policy: 'access', action, resource: tableArn, by: 'alice', at: 0 }],
  },
  drift: driftOfRole,
} satisfies Fault;
