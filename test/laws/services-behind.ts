// A table behind a route of the workshop's stage, with the role it is called with and callers: what faults of direct calls break.
import type { Account } from '../../lib/sandbox/account/index.ts';
import { accountId, at, region } from './fault.ts';

export const alice = { kind: 'person' as const, arn: `arn:aws:iam::${accountId}:user/alice`, userName: 'alice' };
export const table = 'orders-items';
export const role = 'orders-gateway';
export const roleArn = `arn:aws:iam::${accountId}:role/${role}`;
export const tableArn = `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
export const mayPut = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: tableArn } as const;
const anything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
export const boundary = { arn: `arn:aws:iam::${accountId}:policy/boundary`, statements: [anything] };

/** Puts items by `POST /orders/items`, five a second, beside the function's routes. */
export function serveItems(account: Account): void {
  account.services.putTable(table, { key: 'id', writeUnits: 100 });
  account.services.putRole(role, { statements: [mayPut], boundary });
  const place = { apiId: at.apiId, stage: at.stage };
  const path = '/orders/items';
  account.editApi(place, [
    ...['GET', 'POST'].map((method) => ({ method, path: '/orders', functionName: 'orders', qualifier: 'live' })),
    {
      method: 'POST',
      path,
      mapped: {
        service: { name: 'dynamodb', action: 'PutItem' },
        role,
        template: `{"TableName": "${table}", "Item": {"id": {"S": "$context.requestId"}}}`,
        answers: [{ pattern: '2\\d{2}', statusCode: '200' }],
        declares: ['200'],
      },
    },
  ]);
  account.deployApi(place);
  account.traffic({ ...place, route: { method: 'POST', path }, perSecond: 5 });
}
