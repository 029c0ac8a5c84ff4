// The shop's stage with a function that writes to a table by its execution role: what breakages of that role start from.
import type { IamStatement } from '../sandbox/iam.ts';
import { executionTrust } from '../sandbox/account/roles-and-queues.ts';
import { release } from './breakages/breakage.ts';
import { targetOf } from './service-stage.ts';
import type { Shop, ShopStage } from './shop.ts';

export const executionRoleOf = (stage: ShopStage): string => `${stage.functionName}-role`;
const tableArn = ({ account }: Shop, stage: ShopStage): string =>
  `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${targetOf(stage)}`;
/** What every function's role may do. */
export const mayLog: IamStatement = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' };
export const mayPut = (shop: Shop, stage: ShopStage): IamStatement => ({
  Effect: 'Allow',
  Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  Resource: tableArn(shop, stage),
});

/** Releases code that puts items into a table, with a role of these statements. */
export function runWithRole(shop: Shop, stage: ShopStage, statements: readonly IamStatement[]): void {
  shop.account.services.putTable(targetOf(stage), { key: 'id' });
  shop.account.services.putRole(executionRoleOf(stage), { trust: executionTrust, statements });
  release(shop, stage, { uses: { action: 'dynamodb:PutItem', resource: tableArn(shop, stage) } });
}
