// A statement goes from the role that a function's code runs with: the table says no to the code, and the code's error reaches the gateway.
import { executionRoleOf, mayLog, mayPut, runWithRole } from '../execution-role.ts';
import { alice, type Breakage } from './breakage.ts';

export default {
  id: 'execution-role-loses-permission',
  title: 'Role of the function loses its permission',
  says: 'the role that the function’s code runs with loses dynamodb:PutItem on its table',
  cause: 'lambda-dependency-failure',
  prepare: (shop, stage) => runWithRole(shop, stage, [mayLog, mayPut(shop, stage)]),
  breakIt: (shop, stage) => shop.account.services.putRole(executionRoleOf(stage), { statements: [mayLog] }, alice),
  mend: (shop, stage) => shop.account.services.putRole(executionRoleOf(stage), { statements: [mayLog, mayPut(shop, stage)] }, alice),
} satisfies Breakage;
