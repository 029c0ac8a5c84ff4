// A managed policy is taken off the role that a function's code runs with: nothing is written anew, and nothing says any more what it allowed.
import { executionRoleOf, mayLog, mayPut, runWithRole } from '../execution-role.ts';
import type { Shop, ShopStage } from '../shop.ts';
import { alice, type Breakage } from './breakage.ts';

const policyOf = ({ account }: Shop, stage: ShopStage): string => `arn:aws:iam::${account.accountId}:policy/${stage.apiName}-items`;

export default {
  id: 'execution-policy-detached',
  title: 'Policy of the function’s role detached',
  says: 'a managed policy, which lets the function’s code write to its table, is detached from its role',
  cause: 'lambda-dependency-failure',
  prepare(shop, stage) {
    runWithRole(shop, stage, [mayLog]);
    shop.account.services.attach(executionRoleOf(stage), shop.account.services.putManaged(`${stage.apiName}-items`, [mayPut(shop, stage)]));
  },
  breakIt: (shop, stage) => shop.account.services.detach(executionRoleOf(stage), policyOf(shop, stage), alice),
  mend: (shop, stage) => shop.account.services.attach(executionRoleOf(stage), policyOf(shop, stage), alice),
} satisfies Breakage;
