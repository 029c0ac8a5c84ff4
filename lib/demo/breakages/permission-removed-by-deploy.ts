// A CloudFormation update drops the invoke permission: what Gatemedic may mend unasked.
import { grantAgain, second, type Breakage } from './breakage.ts';
import { permissionOf } from '../shop.ts';

export default {
  id: 'permission-removed-by-deploy',
  title: 'Deploy drops the invoke permission',
  says: 'a CloudFormation update of the stack deletes the AWS::Lambda::Permission',
  cause: 'lambda-permission-missing',
  breakIt: (shop, stage) =>
    shop.account.deploy(stage.stack, { removePermissions: [permissionOf(shop.account, stage)], durationMs: 20 * second }),
  mend: grantAgain,
} satisfies Breakage;
