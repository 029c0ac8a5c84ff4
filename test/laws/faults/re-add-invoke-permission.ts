// A deploy takes the permission away.
import type { InvokePermissionTarget } from '../../../lib/settings/invoke-permission.ts';
import { barred, permission, ref, type Fault } from '../fault.ts';

export default {
  fix: 're-add-invoke-permission',
  cause: 'lambda-permission-missing',
  breakIt: (account) => account.deploy('orders-stack', { removePermissions: [permission], durationMs: 5000 }),
  facts: { functions: [{ ref, explicitDeny: false, routes: [barred('GET'), barred('POST')] }] },
  async drift(attempt, { target }) {
    const { functionName, qualifier, statementId } = target as InvokePermissionTarget;
    const on = { FunctionName: functionName, Qualifier: qualifier, StatementId: statementId };
    await attempt('lambda:RemovePermission', on);
    await attempt('lambda:AddPermission', {
      ...on,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-1:111122223333:other/*',
    });
  },
} satisfies Fault;
