// A statement goes from the role that a function's code runs with: the table says no to the code, and the code's error reaches the gateway.
import { executionTrust } from '../../sandbox/account/roles-and-queues.ts';
import { targetOf } from '../service-stage.ts';
import type { Shop, ShopStage } from '../shop.ts';
import { alice, release, type Breakage } from './breakage.ts';

const roleOf = (stage: ShopStage): string => `${stage.functionName}-role`;
const tableArn = ({ account }: Shop, stage: ShopStage): string =>
  `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${targetOf(stage)}`;
const logs = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' } as const;
const mayPut = (shop: Shop, stage: ShopStage) =>
  ({ Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: tableArn(shop, stage) }) as const;

export default {
  id: 'execution-role-loses-permission',
  title: 'Role of the function loses its permission',
  says: 'the role that the function’s code runs with loses dynamodb:PutItem on its table',
  cause: 'lambda-dependency-failure',
  prepare(shop, stage) {
    shop.account.services.putTable(targetOf(stage), { key: 'id' });
    shop.account.services.putRole(roleOf(stage), { trust: executionTrust, statements: [logs, mayPut(shop, stage)] });
    release(shop, stage, { uses: { action: 'dynamodb:PutItem', resource: tableArn(shop, stage) } });
  },
  breakIt: (shop, stage) => shop.account.services.putRole(roleOf(stage), { statements: [logs] }, alice),
  mend: (shop, stage) => shop.account.services.putRole(roleOf(stage), { statements: [logs, mayPut(shop, stage)] }, alice),
} satisfies Breakage;
